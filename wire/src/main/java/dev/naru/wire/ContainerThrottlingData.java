package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The ContainerThrottlingData object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerThrottlingData(
        @Json.Property("periods") @Nullable Long periods,
        @Json.Property("throttled_periods") @Nullable Long throttledPeriods,
        @Json.Property("throttled_time") @Nullable Long throttledTime) {}
