package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The IPAM object of the Engine API v1.51; an absent field is null. */
@Json
public record IPAM(
        @Json.Property("Driver") @Nullable String driver,
        @Json.Property("Config") @Nullable List<IPAMConfig> config,
        @Json.Property("Options") @Nullable Map<String, String> options) {}
