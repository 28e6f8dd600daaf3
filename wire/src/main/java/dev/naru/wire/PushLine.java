package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** A line of a push: PushImageInfo of the Engine API v1.51 with the fields that dockerd sends besides. */
@Json
public record PushLine(
        @Json.Property("status") @Nullable String status,
        @Json.Property("progressDetail") @Nullable ProgressDetail progressDetail,
        @Json.Property("progress") @Nullable String progress,
        @Json.Property("id") @Nullable String id,
        @Json.Property("error") @Nullable String error,
        @Json.Property("errorDetail") @Nullable ErrorDetail errorDetail,
        @Json.Property("aux") @Nullable PushResult aux) {}
