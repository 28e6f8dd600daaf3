package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The HealthcheckResult object of the Engine API v1.51; an absent field is null. */
@Json
public record HealthcheckResult(
        @Json.Property("Start") @Nullable String start,
        @Json.Property("End") @Nullable String end,
        @Json.Property("ExitCode") @Nullable Integer exitCode,
        @Json.Property("Output") @Nullable String output) {}
