package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ContainerSummary object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ContainerSummary(
        @Json.Property("Id") @Nullable String id,
        @Json.Property("Names") @Nullable List<String> names,
        @Json.Property("Image") @Nullable String image,
        @Json.Property("ImageID") @Nullable String imageID,
        @Json.Property("ImageManifestDescriptor") @Nullable OCIDescriptor imageManifestDescriptor,
        @Json.Property("Command") @Nullable String command,
        @Json.Property("Created") @Nullable Long created,
        @Json.Property("Ports") @Nullable List<PortSummary> ports,
        @Json.Property("SizeRw") @Nullable Long sizeRw,
        @Json.Property("SizeRootFs") @Nullable Long sizeRootFs,
        @Json.Property("Labels") @Nullable Map<String, String> labels,
        @Json.Property("State") @Nullable String state,
        @Json.Property("Status") @Nullable String status,
        @Json.Property("HostConfig") @Nullable ContainerSummaryHostConfig hostConfig,
        @Json.Property("NetworkSettings") @Nullable ContainerSummaryNetworkSettings networkSettings,
        @Json.Property("Mounts") @Nullable List<MountPoint> mounts) {}
