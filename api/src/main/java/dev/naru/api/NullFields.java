package dev.naru.api;

import dev.naru.wire.ContainerConfig;
import dev.naru.wire.ContainerConfigJsonAdapter;
import dev.naru.wire.ContainerInspectResponse;
import dev.naru.wire.ContainerInspectResponseJsonAdapter;
import dev.naru.wire.EndpointSettings;
import dev.naru.wire.EndpointSettingsJsonAdapter;
import dev.naru.wire.HostConfig;
import dev.naru.wire.HostConfigJsonAdapter;
import dev.naru.wire.IPAM;
import dev.naru.wire.IPAMJsonAdapter;
import dev.naru.wire.ImageSummary;
import dev.naru.wire.ImageSummaryJsonAdapter;
import dev.naru.wire.NetworkSettings;
import dev.naru.wire.NetworkSettingsJsonAdapter;
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
                .add(ImageSummary.class, NullFields::image)
                .add(VolumeListResponse.class, NullFields::volumes);
    }

    private static ExplicitNulls<ContainerInspectResponse> inspect(Jsonb jsonb) {
        return new ExplicitNulls<>(
                jsonb,
                new ContainerInspectResponseJsonAdapter(jsonb),
                Map.of("ExecIDs", ContainerInspectResponse::execIDs));
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
