package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** The NetworkContainer object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record NetworkContainer(
        @Json.Property("Name") @Nullable String name,
        @Json.Property("EndpointID") @Nullable String endpointID,
        @Json.Property("MacAddress") @Nullable String macAddress,
        @Json.Property("IPv4Address") @Nullable String iPv4Address,
        @Json.Property("IPv6Address") @Nullable String iPv6Address) {}
