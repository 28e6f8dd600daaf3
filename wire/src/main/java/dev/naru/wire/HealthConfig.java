package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The HealthConfig object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record HealthConfig(
        @Json.Property("Test") @Nullable List<String> test,
        @Json.Property("Interval") @Nullable Long interval,
        @Json.Property("Timeout") @Nullable Long timeout,
        @Json.Property("Retries") @Nullable Integer retries,
        @Json.Property("StartPeriod") @Nullable Long startPeriod,
        @Json.Property("StartInterval") @Nullable Long startInterval) {}
