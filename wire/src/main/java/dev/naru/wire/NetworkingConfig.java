package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The NetworkingConfig object of the Engine API v1.51; an absent field is null. */
@Json
public record NetworkingConfig(
        @Json.Property("EndpointsConfig") @Nullable Map<String, EndpointSettings> endpointsConfig) {}
