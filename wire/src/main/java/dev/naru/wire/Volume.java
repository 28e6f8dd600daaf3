package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Volume object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record Volume(
        @Json.Property("Name") @Nullable String name,
        @Json.Property("Driver") @Nullable String driver,
        @Json.Property("Mountpoint") @Nullable String mountpoint,
        @Json.Property("CreatedAt") @Nullable String createdAt,
        @Json.Property("Status") @Nullable Map<String, Object> status,
        @Json.Property("Labels") @Nullable Map<String, String> labels,
        @Json.Property("Scope") @Nullable String scope,
        @Json.Property("ClusterVolume") @Nullable Object clusterVolume,
        @Json.Property("Options") @Nullable Map<String, String> options,
        @Json.Property("UsageData") @Nullable VolumeUsageData usageData) {}
