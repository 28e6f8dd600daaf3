package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** The ExecInspect object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ExecInspect(
        @Json.Property("CanRemove") @Nullable Boolean canRemove,
        @Json.Property("DetachKeys") @Nullable String detachKeys,
        @Json.Property("ID") @Nullable String id,
        @Json.Property("Running") @Nullable Boolean running,
        @Json.Property("ExitCode") @Nullable Integer exitCode,
        @Json.Property("ProcessConfig") @Nullable ProcessConfig processConfig,
        @Json.Property("OpenStdin") @Nullable Boolean openStdin,
        @Json.Property("OpenStderr") @Nullable Boolean openStderr,
        @Json.Property("OpenStdout") @Nullable Boolean openStdout,
        @Json.Property("ContainerID") @Nullable String containerID,
        @Json.Property("Pid") @Nullable Integer pid) {}
