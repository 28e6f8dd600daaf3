package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ContainerSummaryHostConfig object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerSummaryHostConfig(
        @Json.Property("NetworkMode") @Nullable String networkMode,
        @Json.Property("Annotations") @Nullable Map<String, String> annotations) {}
