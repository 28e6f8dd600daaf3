package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The NetworkCreateResponse object of the Engine API v1.51; an absent field is null. */
@Json
public record NetworkCreateResponse(
        @Json.Property("Id") @Nullable String id,
        @Json.Property("Warning") @Nullable String warning) {}
