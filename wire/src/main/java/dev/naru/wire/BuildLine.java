package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** One line of a classic build's answer; exactly one kind of them is set. */
@Json
@RecordBuilder
public record BuildLine(
        @Json.Property("stream") @Nullable String stream,
        @Json.Property("status") @Nullable String status,
        @Json.Property("id") @Nullable String id,
        @Json.Property("progress") @Nullable String progress,
        @Json.Property("progressDetail") @Nullable ProgressDetail progressDetail,
        @Json.Property("errorDetail") @Nullable ErrorDetail errorDetail,
        @Json.Property("error") @Nullable String error,
        @Json.Property("aux") @Nullable ImageId aux) {

    /** The image's id. */
    @Json
    public record ImageId(@Json.Property("ID") String id) {}
}
