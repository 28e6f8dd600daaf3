package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The RestartPolicy object of the Engine API v1.51; an absent field is null. */
@Json
public record RestartPolicy(
        @Json.Property("Name") @Nullable String name,
        @Json.Property("MaximumRetryCount") @Nullable Integer maximumRetryCount) {}
