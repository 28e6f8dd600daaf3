package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The VolumeListResponse object of the Engine API v1.51; an absent field is null. */
@Json
public record VolumeListResponse(
        @Json.Property("Volumes") @Nullable List<Volume> volumes,
        @Json.Property("Warnings") @Nullable List<String> warnings) {}
