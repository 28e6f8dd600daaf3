package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The DeviceInfo object of the Engine API v1.51; an absent field is null. */
@Json
public record DeviceInfo(
        @Json.Property("Source") @Nullable String source,
        @Json.Property("ID") @Nullable String id) {}
