package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The DiskUsage object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record DiskUsage(
        @Json.Property("LayersSize") @Nullable Long layersSize,
        @Json.Property("Images") @Nullable List<ImageSummary> images,
        @Json.Property("Containers") @Nullable List<ContainerSummary> containers,
        @Json.Property("Volumes") @Nullable List<Volume> volumes,
        @Json.Property("BuildCache") @Nullable List<BuildCache> buildCache) {}
