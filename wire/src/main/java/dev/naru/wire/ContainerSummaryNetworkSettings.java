package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ContainerSummaryNetworkSettings object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerSummaryNetworkSettings(
        @Json.Property("Networks") @Nullable Map<String, EndpointSettings> networks) {}
