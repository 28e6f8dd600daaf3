package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** The ContainerState object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ContainerState(
        @Json.Property("Status") @Nullable String status,
        @Json.Property("Running") @Nullable Boolean running,
        @Json.Property("Paused") @Nullable Boolean paused,
        @Json.Property("Restarting") @Nullable Boolean restarting,
        @Json.Property("OOMKilled") @Nullable Boolean oomKilled,
        @Json.Property("Dead") @Nullable Boolean dead,
        @Json.Property("Pid") @Nullable Integer pid,
        @Json.Property("ExitCode") @Nullable Integer exitCode,
        @Json.Property("Error") @Nullable String error,
        @Json.Property("StartedAt") @Nullable String startedAt,
        @Json.Property("FinishedAt") @Nullable String finishedAt,
        @Json.Property("Health") @Nullable Health health) {}
