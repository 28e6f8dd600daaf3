package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ExecStartRequest object of the Engine API v1.51; an absent field is null. */
@Json
public record ExecStartRequest(
        @Json.Property("Detach") @Nullable Boolean detach,
        @Json.Property("Tty") @Nullable Boolean tty,
        @Json.Property("ConsoleSize") @Nullable List<Integer> consoleSize) {}
