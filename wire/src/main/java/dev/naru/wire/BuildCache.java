package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The BuildCache object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record BuildCache(
        @Json.Property("ID") @Nullable String id,
        @Json.Property("Parents") @Nullable List<String> parents,
        @Json.Property("Type") @Nullable String type,
        @Json.Property("Description") @Nullable String description,
        @Json.Property("InUse") @Nullable Boolean inUse,
        @Json.Property("Shared") @Nullable Boolean shared,
        @Json.Property("Size") @Nullable Long size,
        @Json.Property("CreatedAt") @Nullable String createdAt,
        @Json.Property("LastUsedAt") @Nullable String lastUsedAt,
        @Json.Property("UsageCount") @Nullable Integer usageCount) {}
