package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The ErrorDetail object of the Engine API v1.51; an absent field is null. */
@Json
public record ErrorDetail(
        @Json.Property("code") @Nullable Integer code,
        @Json.Property("message") @Nullable String message) {}
