package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ContainerInspectResponse object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ContainerInspectResponse(
        @Json.Property("Id") @Nullable String id,
        @Json.Property("Created") @Nullable String created,
        @Json.Property("Path") @Nullable String path,
        @Json.Property("Args") @Nullable List<String> args,
        @Json.Property("State") @Nullable ContainerState state,
        @Json.Property("Image") @Nullable String image,
        @Json.Property("ResolvConfPath") @Nullable String resolvConfPath,
        @Json.Property("HostnamePath") @Nullable String hostnamePath,
        @Json.Property("HostsPath") @Nullable String hostsPath,
        @Json.Property("LogPath") @Nullable String logPath,
        @Json.Property("Name") @Nullable String name,
        @Json.Property("RestartCount") @Nullable Integer restartCount,
        @Json.Property("Driver") @Nullable String driver,
        @Json.Property("Platform") @Nullable String platform,
        @Json.Property("ImageManifestDescriptor") @Nullable OCIDescriptor imageManifestDescriptor,
        @Json.Property("MountLabel") @Nullable String mountLabel,
        @Json.Property("ProcessLabel") @Nullable String processLabel,
        @Json.Property("AppArmorProfile") @Nullable String appArmorProfile,
        @Json.Property("ExecIDs") @Nullable List<String> execIDs,
        @Json.Property("HostConfig") @Nullable HostConfig hostConfig,
        @Json.Property("GraphDriver") @Nullable DriverData graphDriver,
        @Json.Property("SizeRw") @Nullable Long sizeRw,
        @Json.Property("SizeRootFs") @Nullable Long sizeRootFs,
        @Json.Property("Mounts") @Nullable List<MountPoint> mounts,
        @Json.Property("Config") @Nullable ContainerConfig config,
        @Json.Property("NetworkSettings") @Nullable NetworkSettings networkSettings) {}
