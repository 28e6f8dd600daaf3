package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ImageInspectRootFS object of the Engine API v1.51; an absent field is null. */
@Json
public record ImageInspectRootFS(
        @Json.Property("Type") @Nullable String type,
        @Json.Property("Layers") @Nullable List<String> layers) {}
