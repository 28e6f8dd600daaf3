package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The Port object of the Engine API v1.51; an absent field is null. */
@Json
public record PortSummary(
        @Json.Property("IP") @Nullable String ip,
        @Json.Property("PrivatePort") @Nullable Integer privatePort,
        @Json.Property("PublicPort") @Nullable Integer publicPort,
        @Json.Property("Type") @Nullable String type) {}
