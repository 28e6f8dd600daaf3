package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.image.Image;
import dev.naru.image.Images;
import dev.naru.volume.Volumes;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.ContainerConfigBuilder;
import dev.naru.wire.ContainerInspectResponse;
import dev.naru.wire.ContainerInspectResponseBuilder;
import dev.naru.wire.ContainerState;
import dev.naru.wire.DriverData;
import dev.naru.wire.HostConfig;
import dev.naru.wire.HostConfigBuilder;
import dev.naru.wire.MountPoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What {@code docker inspect} tells of a container. */
final class InspectView {
    private final EngineConfig engine;
    private final ContainerPaths paths;
    private final Images images;
    private final Volumes volumes;
    private final ContainerRegistry containers;
    private final NetworkView networks;
    private final Function<String, List<String>> execs;

    /**
     * Makes the view.
     *
     * @param execs answers the ids of the processes that are being executed in a container
     */
    InspectView(
            EngineConfig engine,
            Images images,
            Volumes volumes,
            ContainerRegistry containers,
            NetworkView networks,
            Function<String, List<String>> execs) {
        this.engine = requireNonNull(engine, "engine");
        this.paths = new ContainerPaths(engine);
        this.images = requireNonNull(images, "images");
        this.volumes = requireNonNull(volumes, "volumes");
        this.containers = requireNonNull(containers, "containers");
        this.networks = requireNonNull(networks, "networks");
        this.execs = requireNonNull(execs, "execs");
    }

    /**
     * Tells all.
     *
     * @param size whether the sizes of the file system are measured, which takes long
     */
    ContainerInspectResponse of(Container container, boolean size) {
        ContainerRecord record = container.record();
        ContainerInspectResponseBuilder shown = ContainerInspectResponseBuilder.builder()
                .id(record.id())
                .created(Timestamps.text(record.created()))
                .path(record.path())
                .args(record.arguments())
                .state(state(container))
                .image(record.imageId())
                .name("/" + record.name())
                .restartCount(container.status().restartCount())
                .driver(images.snapshotter().name())
                .platform(record.platform())
                .mountLabel("")
                .processLabel("")
                .appArmorProfile(appArmor(record))
                .execIDs(running(record.id()))
                .hostConfig(host(record))
                .graphDriver(graph(record.id()))
                .mounts(mounts(record))
                .config(config(record))
                .networkSettings(networks.settings(container, engine.bridge()));
        files(shown, container);
        if (size) {
            long written = images.snapshotter().usage(record.id());
            shown.sizeRw(written)
                    .sizeRootFs(written
                            + images.find(record.imageId()).map(Image::size).orElse(0L));
        }
        return shown.build();
    }

    private static ContainerConfig config(ContainerRecord record) {
        String mac = NetworkView.wantedMac(record);
        return mac == null
                ? record.config()
                : ContainerConfigBuilder.builder(record.config())
                        .macAddress(mac)
                        .build();
    }

    private @Nullable List<String> running(String id) {
        List<String> ids = execs.apply(id);
        return ids.isEmpty() ? null : ids;
    }

    private static String appArmor(ContainerRecord record) {
        String profile =
                SecurityOptions.parse(record.hostConfig().securityOpt()).apparmor();
        return profile == null ? "" : profile;
    }

    static ContainerState state(Container container) {
        ContainerStatus status = container.status();
        Phase phase = status.phase();
        return new ContainerState(
                phase(status),
                phase.alive() || phase == Phase.RESTARTING,
                phase == Phase.PAUSED,
                phase == Phase.RESTARTING,
                status.oomKilled(),
                phase == Phase.DEAD,
                phase.alive() ? status.pid() : 0,
                status.exitCode(),
                status.error(),
                Timestamps.text(status.startedAt()),
                Timestamps.text(status.finishedAt()),
                HealthView.of(container));
    }

    /** A start that goes on shows as what was before it. */
    static String phase(ContainerStatus status) {
        return status.phase() == Phase.STARTING && status.startedAt() != 0
                ? "exited"
                : status.phase().apiName();
    }

    /** Empty until a start has written them, as with Docker. */
    private void files(ContainerInspectResponseBuilder shown, Container container) {
        ContainerRecord record = container.record();
        boolean begun = container.status().startedAt() != 0;
        boolean networked = begun && !Values.flag(record.config().networkDisabled());
        String owner = record.id();
        if (NamespaceMode.network(record.hostConfig().networkMode()) instanceof NamespaceMode.OfContainer(String id)) {
            owner = containers.find(id).map(Container::id).orElse(owner);
        }
        var log = record.hostConfig().logConfig();
        boolean json = log != null && "json-file".equals(log.type());
        shown.resolvConfPath(networked ? paths.resolvConf(owner).toString() : "")
                .hostnamePath(networked ? paths.hostname(owner).toString() : "")
                .hostsPath(networked ? paths.hosts(owner).toString() : "")
                .logPath(begun && json ? paths.jsonLog(record.id()).toString() : "");
    }

    private HostConfig host(ContainerRecord record) {
        List<String> links = Values.list(record.hostConfig().links());
        if (links.isEmpty()) {
            return record.hostConfig();
        }
        return HostConfigBuilder.builder(record.hostConfig())
                .links(links.stream()
                        .map(Link::parse)
                        .flatMap(link -> containers.find(link.container()).stream()
                                .map(other -> "/" + other.record().name() + ":/" + record.name() + "/" + link.alias()))
                        .toList())
                .build();
    }

    private DriverData graph(String id) {
        Map<String, String> data = new LinkedHashMap<>();
        data.put("ID", id);
        if (images.snapshotter().exists(id)) {
            data.putAll(images.snapshotter().describe(id));
        }
        return new DriverData(images.snapshotter().name(), data);
    }

    private List<MountPoint> mounts(ContainerRecord record) {
        Map<ContainerMount, String> views = ImageMounts.keys(record);
        return record.mounts().stream()
                .map(mount -> mount.view(source(mount, views)))
                .toList();
    }

    private String source(ContainerMount mount, Map<ContainerMount, String> views) {
        String view = views.get(mount);
        if (view != null) {
            return images.snapshotter().describe(view).getOrDefault("MergedDir", "");
        }
        if (!mount.isVolume()) {
            return mount.source();
        }
        return volumes.find(mount.name())
                .map(volume -> volume.mountpoint().resolve(mount.subpath()).toString())
                .orElse("");
    }
}
