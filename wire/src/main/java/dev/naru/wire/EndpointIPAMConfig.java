package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The EndpointIPAMConfig object of the Engine API v1.51; an absent field is null. */
@Json
public record EndpointIPAMConfig(
        @Json.Property("IPv4Address") @Nullable String iPv4Address,
        @Json.Property("IPv6Address") @Nullable String iPv6Address,
        @Json.Property("LinkLocalIPs") @Nullable List<String> linkLocalIPs) {}
