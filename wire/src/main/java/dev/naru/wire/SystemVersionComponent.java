package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The SystemVersionComponent object of the Engine API v1.51; an absent field is null. */
@Json
public record SystemVersionComponent(
        @Json.Property("Name") @Nullable String name,
        @Json.Property("Version") @Nullable String version,
        @Json.Property("Details") @Nullable Map<String, Object> details) {}
