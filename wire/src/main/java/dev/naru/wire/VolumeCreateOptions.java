package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The VolumeCreateOptions object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record VolumeCreateOptions(
        @Json.Property("Name") @Nullable String name,
        @Json.Property("Driver") @Nullable String driver,
        @Json.Property("DriverOpts") @Nullable Map<String, String> driverOpts,
        @Json.Property("Labels") @Nullable Map<String, String> labels,
        @Json.Property("ClusterVolumeSpec") @Nullable Object clusterVolumeSpec) {}
