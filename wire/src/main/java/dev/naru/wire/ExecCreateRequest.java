package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ExecCreateRequest object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ExecCreateRequest(
        @Json.Property("AttachStdin") @Nullable Boolean attachStdin,
        @Json.Property("AttachStdout") @Nullable Boolean attachStdout,
        @Json.Property("AttachStderr") @Nullable Boolean attachStderr,
        @Json.Property("ConsoleSize") @Nullable List<Integer> consoleSize,
        @Json.Property("DetachKeys") @Nullable String detachKeys,
        @Json.Property("Tty") @Nullable Boolean tty,
        @Json.Property("Env") @Nullable List<String> env,
        @Json.Property("Cmd") @Nullable List<String> cmd,
        @Json.Property("Privileged") @Nullable Boolean privileged,
        @Json.Property("User") @Nullable String user,
        @Json.Property("WorkingDir") @Nullable String workingDir) {}
