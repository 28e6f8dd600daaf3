package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The ImageManifestSummarySize object of the Engine API v1.51; an absent field is null. */
@Json
public record ImageManifestSummarySize(
        @Json.Property("Total") @Nullable Long total,
        @Json.Property("Content") @Nullable Long content) {}
