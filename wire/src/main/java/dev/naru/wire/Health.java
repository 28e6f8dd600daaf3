package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Health object of the Engine API v1.51; an absent field is null. */
@Json
public record Health(
        @Json.Property("Status") @Nullable String status,
        @Json.Property("FailingStreak") @Nullable Integer failingStreak,
        @Json.Property("Log") @Nullable List<HealthcheckResult> log) {}
