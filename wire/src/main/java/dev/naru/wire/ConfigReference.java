package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The ConfigReference object of the Engine API v1.51; an absent field is null. */
@Json
public record ConfigReference(
        @Json.Property("Network") @Nullable String network) {}
