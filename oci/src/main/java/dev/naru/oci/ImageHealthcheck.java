package dev.naru.oci;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How to find out whether a container is healthy; durations in nanoseconds (Docker image specification 1.2). */
@Json
public record ImageHealthcheck(
        @Json.Property("Test") @Nullable List<String> test,
        @Json.Property("Interval") @Nullable Long interval,
        @Json.Property("Timeout") @Nullable Long timeout,
        @Json.Property("StartPeriod") @Nullable Long startPeriod,
        @Json.Property("StartInterval") @Nullable Long startInterval,
        @Json.Property("Retries") @Nullable Integer retries) {}
