package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The NetworkDisconnectRequest object of the Engine API v1.51; an absent field is null. */
@Json
public record NetworkDisconnectRequest(
        @Json.Property("Container") @Nullable String container,
        @Json.Property("Force") @Nullable Boolean force) {}
