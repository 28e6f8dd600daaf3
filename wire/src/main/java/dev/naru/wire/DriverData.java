package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The DriverData object of the Engine API v1.51; an absent field is null. */
@Json
public record DriverData(
        @Json.Property("Name") @Nullable String name,
        @Json.Property("Data") @Nullable Map<String, String> data) {}
