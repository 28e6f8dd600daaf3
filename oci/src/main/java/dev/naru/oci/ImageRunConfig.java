package dev.naru.oci;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Defaults for running an image (image-spec, config.md, config, and Docker image specification 1.2). */
@Json
@RecordBuilder
public record ImageRunConfig(
        @Json.Property("User") @Nullable String user,
        @Json.Property("ExposedPorts") @Nullable Map<String, Map<String, String>> exposedPorts,
        @Json.Property("Env") @Nullable List<String> env,
        @Json.Property("Entrypoint") @Nullable List<String> entrypoint,
        @Json.Property("Cmd") @Nullable List<String> cmd,
        @Json.Property("Volumes") @Nullable Map<String, Map<String, String>> volumes,
        @Json.Property("WorkingDir") @Nullable String workingDir,
        @Json.Property("Labels") @Nullable Map<String, String> labels,
        @Json.Property("StopSignal") @Nullable String stopSignal,
        @Json.Property("ArgsEscaped") @Nullable Boolean argsEscaped,
        @Json.Property("Healthcheck") @Nullable ImageHealthcheck healthcheck,
        @Json.Property("OnBuild") @Nullable List<String> onBuild,
        @Json.Property("Shell") @Nullable List<String> shell) {}
