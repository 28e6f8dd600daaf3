package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ImageManifestSummaryImageData object of the Engine API v1.51; an absent field is null. */
@Json
public record ImageManifestSummaryImageData(
        @Json.Property("Platform") @Nullable OCIPlatform platform,
        @Json.Property("Containers") @Nullable List<String> containers,
        @Json.Property("Size") @Nullable ImageManifestSummaryImageDataSize size) {}
