package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ProcessConfig object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ProcessConfig(
        @Json.Property("privileged") @Nullable Boolean privileged,
        @Json.Property("user") @Nullable String user,
        @Json.Property("tty") @Nullable Boolean tty,
        @Json.Property("entrypoint") @Nullable String entrypoint,
        @Json.Property("arguments") @Nullable List<String> arguments) {}
