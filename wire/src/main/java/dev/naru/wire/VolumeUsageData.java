package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The VolumeUsageData object of the Engine API v1.51; an absent field is null. */
@Json
public record VolumeUsageData(
        @Json.Property("Size") @Nullable Long size,
        @Json.Property("RefCount") @Nullable Long refCount) {}
