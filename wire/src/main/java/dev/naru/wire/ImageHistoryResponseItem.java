package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ImageHistoryResponseItem object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ImageHistoryResponseItem(
        @Json.Property("Id") @Nullable String id,
        @Json.Property("Created") @Nullable Long created,
        @Json.Property("CreatedBy") @Nullable String createdBy,
        @Json.Property("Tags") @Nullable List<String> tags,
        @Json.Property("Size") @Nullable Long size,
        @Json.Property("Comment") @Nullable String comment) {}
