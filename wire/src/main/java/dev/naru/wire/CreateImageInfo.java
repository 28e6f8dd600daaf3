package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** The CreateImageInfo object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record CreateImageInfo(
        @Json.Property("id") @Nullable String id,
        @Json.Property("stream") @Nullable String stream,
        @Json.Property("error") @Nullable String error,
        @Json.Property("errorDetail") @Nullable ErrorDetail errorDetail,
        @Json.Property("status") @Nullable String status,
        @Json.Property("progress") @Nullable String progress,
        @Json.Property("progressDetail") @Nullable ProgressDetail progressDetail) {}
