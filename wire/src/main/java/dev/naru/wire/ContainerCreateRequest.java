package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ContainerCreateRequest object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ContainerCreateRequest(
        @Json.Property("Hostname") @Nullable String hostname,
        @Json.Property("Domainname") @Nullable String domainname,
        @Json.Property("User") @Nullable String user,
        @Json.Property("AttachStdin") @Nullable Boolean attachStdin,
        @Json.Property("AttachStdout") @Nullable Boolean attachStdout,
        @Json.Property("AttachStderr") @Nullable Boolean attachStderr,
        @Json.Property("ExposedPorts") @Nullable Map<String, Empty> exposedPorts,
        @Json.Property("Tty") @Nullable Boolean tty,
        @Json.Property("OpenStdin") @Nullable Boolean openStdin,
        @Json.Property("StdinOnce") @Nullable Boolean stdinOnce,
        @Json.Property("Env") @Nullable List<String> env,
        @Json.Property("Cmd") @Nullable List<String> cmd,
        @Json.Property("Healthcheck") @Nullable HealthConfig healthcheck,
        @Json.Property("ArgsEscaped") @Nullable Boolean argsEscaped,
        @Json.Property("Image") @Nullable String image,
        @Json.Property("Volumes") @Nullable Map<String, Empty> volumes,
        @Json.Property("WorkingDir") @Nullable String workingDir,
        @Json.Property("Entrypoint") @Nullable List<String> entrypoint,
        @Json.Property("NetworkDisabled") @Nullable Boolean networkDisabled,
        @Json.Property("MacAddress") @Nullable String macAddress,
        @Json.Property("OnBuild") @Nullable List<String> onBuild,
        @Json.Property("Labels") @Nullable Map<String, String> labels,
        @Json.Property("StopSignal") @Nullable String stopSignal,
        @Json.Property("StopTimeout") @Nullable Integer stopTimeout,
        @Json.Property("Shell") @Nullable List<String> shell,
        @Json.Property("HostConfig") @Nullable HostConfig hostConfig,
        @Json.Property("NetworkingConfig") @Nullable NetworkingConfig networkingConfig) {}
