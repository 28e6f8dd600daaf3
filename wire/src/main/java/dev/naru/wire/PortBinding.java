package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The PortBinding object of the Engine API v1.51; an absent field is null. */
@Json
public record PortBinding(
        @Json.Property("HostIp") @Nullable String hostIp,
        @Json.Property("HostPort") @Nullable String hostPort) {}
