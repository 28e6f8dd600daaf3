package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The PluginsInfo object of the Engine API v1.51; an absent field is null. */
@Json
public record PluginsInfo(
        @Json.Property("Volume") @Nullable List<String> volume,
        @Json.Property("Network") @Nullable List<String> network,
        @Json.Property("Authorization") @Nullable List<String> authorization,
        @Json.Property("Log") @Nullable List<String> log) {}
