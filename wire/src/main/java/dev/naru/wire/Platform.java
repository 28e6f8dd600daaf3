package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The Platform object of the Engine API v1.51; an absent field is null. */
@Json
public record Platform(
        @Json.Property("Architecture") @Nullable String architecture,
        @Json.Property("OS") @Nullable String os) {}
