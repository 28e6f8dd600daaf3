package dev.naru.api;

import dev.naru.wire.ContainerBlkioStats;
import dev.naru.wire.ContainerBlkioStatsJsonAdapter;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.ContainerConfigJsonAdapter;
import dev.naru.wire.ContainerInspectResponse;
import dev.naru.wire.ContainerInspectResponseJsonAdapter;
import dev.naru.wire.ContainerPruneResponse;
import dev.naru.wire.ContainerPruneResponseJsonAdapter;
import dev.naru.wire.ContainerUpdateResponse;
import dev.naru.wire.ContainerUpdateResponseJsonAdapter;
import dev.naru.wire.DiskUsage;
import dev.naru.wire.DiskUsageJsonAdapter;
import dev.naru.wire.EndpointSettings;
import dev.naru.wire.EndpointSettingsJsonAdapter;
import dev.naru.wire.ExecInspect;
import dev.naru.wire.ExecInspectJsonAdapter;
import dev.naru.wire.HostConfig;
import dev.naru.wire.HostConfigJsonAdapter;
import dev.naru.wire.IPAM;
import dev.naru.wire.IPAMJsonAdapter;
import dev.naru.wire.ImageHistoryResponseItem;
import dev.naru.wire.ImageHistoryResponseItemJsonAdapter;
import dev.naru.wire.ImagePruneResponse;
import dev.naru.wire.ImagePruneResponseJsonAdapter;
import dev.naru.wire.ImageSummary;
import dev.naru.wire.ImageSummaryJsonAdapter;
import dev.naru.wire.NetworkPruneResponse;
import dev.naru.wire.NetworkPruneResponseJsonAdapter;
import dev.naru.wire.NetworkSettings;
import dev.naru.wire.NetworkSettingsJsonAdapter;
import dev.naru.wire.PluginsInfo;
import dev.naru.wire.PluginsInfoJsonAdapter;
import dev.naru.wire.RegistryServiceConfig;
import dev.naru.wire.RegistryServiceConfigJsonAdapter;
import dev.naru.wire.SystemInfo;
import dev.naru.wire.SystemInfoJsonAdapter;
import dev.naru.wire.VolumeListResponse;
import dev.naru.wire.VolumeListResponseJsonAdapter;
import io.avaje.jsonb.Jsonb;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which fields dockerd writes as null, looked up in the answers of version 28.5. */
final class NullFields {
    private static final Map<String, Function<HostConfig, @Nullable Object>> HOST = Map.ofEntries(
            Map.entry("Binds", HostConfig::binds),
            Map.entry("PortBindings", HostConfig::portBindings),
            Map.entry("Dns", HostConfig::dns),
            Map.entry("DnsOptions", HostConfig::dnsOptions),
            Map.entry("DnsSearch", HostConfig::dnsSearch),
            Map.entry("BlkioWeightDevice", HostConfig::blkioWeightDevice),
            Map.entry("BlkioDeviceReadBps", HostConfig::blkioDeviceReadBps),
            Map.entry("BlkioDeviceWriteBps", HostConfig::blkioDeviceWriteBps),
            Map.entry("BlkioDeviceReadIOps", HostConfig::blkioDeviceReadIOps),
            Map.entry("BlkioDeviceWriteIOps", HostConfig::blkioDeviceWriteIOps),
            Map.entry("Devices", HostConfig::devices),
            Map.entry("Ulimits", HostConfig::ulimits),
            Map.entry("MaskedPaths", HostConfig::maskedPaths),
            Map.entry("ReadonlyPaths", HostConfig::readonlyPaths),
            Map.entry("VolumesFrom", HostConfig::volumesFrom),
            Map.entry("CapAdd", HostConfig::capAdd),
            Map.entry("CapDrop", HostConfig::capDrop),
            Map.entry("ExtraHosts", HostConfig::extraHosts),
            Map.entry("GroupAdd", HostConfig::groupAdd),
            Map.entry("Links", HostConfig::links),
            Map.entry("SecurityOpt", HostConfig::securityOpt),
            Map.entry("DeviceCgroupRules", HostConfig::deviceCgroupRules),
            Map.entry("DeviceRequests", HostConfig::deviceRequests),
            Map.entry("MemorySwappiness", HostConfig::memorySwappiness),
            Map.entry("PidsLimit", HostConfig::pidsLimit));

    private static final Map<String, Function<ContainerConfig, @Nullable Object>> CONTAINER = Map.of(
            "Env", ContainerConfig::env,
            "Cmd", ContainerConfig::cmd,
            "Entrypoint", ContainerConfig::entrypoint,
            "Volumes", ContainerConfig::volumes,
            "OnBuild", ContainerConfig::onBuild);

    private NullFields() {}

    static Jsonb.Builder addTo(Jsonb.Builder builder) {
        return builder.add(HostConfig.class, jsonb -> new ExplicitNulls<>(jsonb, new HostConfigJsonAdapter(jsonb), HOST)
                        .nullSafe())
                .add(ContainerConfig.class, jsonb -> new ExplicitNulls<>(
                                jsonb, new ContainerConfigJsonAdapter(jsonb), CONTAINER)
                        .nullSafe())
                .add(ContainerInspectResponse.class, NullFields::inspect)
                .add(EndpointSettings.class, jsonb -> new AllFields<>(new EndpointSettingsJsonAdapter(jsonb))
                        .nullSafe())
                .add(NetworkSettings.class, NullFields::networks)
                .add(IPAM.class, NullFields::ipam)
                .add(DiskUsage.class, jsonb -> new AllFields<>(new DiskUsageJsonAdapter(jsonb)).nullSafe())
                .add(ContainerBlkioStats.class, jsonb -> new AllFields<>(new ContainerBlkioStatsJsonAdapter(jsonb))
                        .nullSafe())
                .add(RegistryServiceConfig.class, jsonb -> new AllFields<>(new RegistryServiceConfigJsonAdapter(jsonb))
                        .nullSafe())
                .add(PluginsInfo.class, jsonb -> new AllFields<>(new PluginsInfoJsonAdapter(jsonb)).nullSafe())
                .add(
                        ContainerPruneResponse.class,
                        jsonb -> new AllFields<>(new ContainerPruneResponseJsonAdapter(jsonb)).nullSafe())
                .add(NetworkPruneResponse.class, jsonb -> new AllFields<>(new NetworkPruneResponseJsonAdapter(jsonb))
                        .nullSafe())
                .add(ImagePruneResponse.class, jsonb -> new AllFields<>(new ImagePruneResponseJsonAdapter(jsonb))
                        .nullSafe())
                .add(
                        ContainerUpdateResponse.class,
                        jsonb -> new AllFields<>(new ContainerUpdateResponseJsonAdapter(jsonb)).nullSafe())
                .add(ExecInspect.class, jsonb -> new ExplicitNulls<>(
                                jsonb, new ExecInspectJsonAdapter(jsonb), Map.of("ExitCode", ExecInspect::exitCode))
                        .nullSafe())
                .add(
                        ImageHistoryResponseItem.class,
                        jsonb -> new AllFields<>(new ImageHistoryResponseItemJsonAdapter(jsonb)).nullSafe())
                .add(SystemInfo.class, NullFields::info)
                .add(ImageSummary.class, NullFields::image)
                .add(VolumeListResponse.class, NullFields::volumes);
    }

    private static ExplicitNulls<ContainerInspectResponse> inspect(Jsonb jsonb) {
        return new ExplicitNulls<>(
                jsonb,
                new ContainerInspectResponseJsonAdapter(jsonb),
                Map.of("ExecIDs", ContainerInspectResponse::execIDs));
    }

    private static ExplicitNulls<SystemInfo> info(Jsonb jsonb) {
        return new ExplicitNulls<>(
                jsonb,
                new SystemInfoJsonAdapter(jsonb),
                Map.of("GenericResources", SystemInfo::genericResources, "Warnings", SystemInfo::warnings));
    }

    private static ExplicitNulls<NetworkSettings> networks(Jsonb jsonb) {
        return new ExplicitNulls<>(
                jsonb,
                new NetworkSettingsJsonAdapter(jsonb),
                Map.of(
                        "SecondaryIPAddresses",
                        NetworkSettings::secondaryIPAddresses,
                        "SecondaryIPv6Addresses",
                        NetworkSettings::secondaryIPv6Addresses));
    }

    private static ExplicitNulls<IPAM> ipam(Jsonb jsonb) {
        return new ExplicitNulls<>(
                jsonb, new IPAMJsonAdapter(jsonb), Map.of("Options", IPAM::options, "Config", IPAM::config));
    }

    private static ExplicitNulls<ImageSummary> image(Jsonb jsonb) {
        return new ExplicitNulls<>(jsonb, new ImageSummaryJsonAdapter(jsonb), Map.of("Labels", ImageSummary::labels));
    }

    private static ExplicitNulls<VolumeListResponse> volumes(Jsonb jsonb) {
        return new ExplicitNulls<>(
                jsonb, new VolumeListResponseJsonAdapter(jsonb), Map.of("Warnings", VolumeListResponse::warnings));
    }
}
