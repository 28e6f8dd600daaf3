package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * Who reaches a published port: an element of the answer of Naru's own {@code GET /naru/containers/{id}/ports}.
 *
 * @param port such as {@code 80/tcp}
 */
@Json
public record PortReach(
        @Json.Property("Port") String port,
        @Json.Property("HostIp") String hostIp,
        @Json.Property("HostPort") String hostPort,
        @Json.Property("Callers") List<Caller> callers) {
    /**
     * A kind of caller.
     *
     * @param from {@code this host}, {@code same network}, {@code other networks}, {@code other hosts}
     * @param reaches {@code yes}, {@code no}, {@code depends}
     * @param rules what decides, in words or nft's notation; of {@code depends} the conditions first
     */
    @Json
    public record Caller(
            @Json.Property("From") String from,
            @Json.Property("Reaches") String reaches,
            @Json.Property("Rules") List<String> rules) {}
}
