package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The FirewallInfo object of the Engine API v1.51; an absent field is null. */
@Json
public record FirewallInfo(
        @Json.Property("Driver") @Nullable String driver,
        @Json.Property("Info") @Nullable List<List<String>> info) {}
