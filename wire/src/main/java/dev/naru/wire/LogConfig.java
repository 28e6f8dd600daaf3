package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The LogConfig object of the Engine API v1.51; an absent field is null. */
@Json
public record LogConfig(
        @Json.Property("Type") @Nullable String type,
        @Json.Property("Config") @Nullable Map<String, String> config) {}
