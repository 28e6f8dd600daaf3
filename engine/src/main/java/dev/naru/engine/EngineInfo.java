package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.image.Images;
import dev.naru.runtime.CdiDevices;
import dev.naru.runtime.HostFeatures;
import dev.naru.store.Database;
import dev.naru.wire.CheckFinding;
import dev.naru.wire.CommitInfo;
import dev.naru.wire.DeviceInfo;
import dev.naru.wire.DiskUsage;
import dev.naru.wire.FirewallInfo;
import dev.naru.wire.PluginsInfo;
import dev.naru.wire.RuntimeInfo;
import dev.naru.wire.SystemInfo;
import dev.naru.wire.SystemInfoBuilder;
import dev.naru.wire.SystemInfoDefaultAddressPool;
import dev.naru.wire.SystemVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The engine as a whole: what it is, what it runs on, what it uses. */
final class EngineInfo implements SystemService {
    /** The name of the engine's own runtime. */
    static final String RUNTIME = "naru";

    private final EngineConfig config;
    private final ContainerRegistry registry;
    private final Images images;
    private final HostFacts host;
    private final SpaceUsage space;
    private final SystemCheck check;
    private final IntSupplier eventListeners;
    private final Supplier<List<String>> volumeDrivers;
    private final Supplier<List<String>> networkDrivers;
    private final BuildInfo build = BuildInfo.read();
    private final String id;

    /**
     * @param eventListeners how many clients listen to events now
     * @param volumeDrivers the names of the volume drivers there are now
     * @param networkDrivers the names of the network drivers there are now
     */
    EngineInfo(
            EngineConfig config,
            Database database,
            ContainerRegistry registry,
            Images images,
            HostFeatures host,
            SpaceUsage space,
            SystemCheck check,
            IntSupplier eventListeners,
            Supplier<List<String>> volumeDrivers,
            Supplier<List<String>> networkDrivers) {
        this.config = requireNonNull(config, "config");
        this.registry = requireNonNull(registry, "registry");
        this.images = requireNonNull(images, "images");
        this.host = new HostFacts(host);
        this.space = requireNonNull(space, "space");
        this.check = requireNonNull(check, "check");
        this.eventListeners = requireNonNull(eventListeners, "eventListeners");
        this.volumeDrivers = requireNonNull(volumeDrivers, "volumeDrivers");
        this.networkDrivers = requireNonNull(networkDrivers, "networkDrivers");
        this.id = EngineIdentity.of(database);
    }

    @Override
    public SystemInfo info() {
        SystemInfoBuilder info = SystemInfoBuilder.builder().id(id);
        counts(info);
        abilities(info);
        machine(info);
        setup(info);
        absent(info);
        return info.warnings(HostWarnings.of(host)).build();
    }

    private void counts(SystemInfoBuilder info) {
        int running = 0;
        int paused = 0;
        int all = 0;
        for (Container container : registry.all()) {
            Phase phase = container.status().phase();
            all++;
            running += phase == Phase.RUNNING ? 1 : 0;
            paused += phase == Phase.PAUSED ? 1 : 0;
        }
        info.containers(all)
                .containersRunning(running)
                .containersPaused(paused)
                .containersStopped(all - running - paused)
                .images(images.list().size())
                .nFd(HostFacts.openDescriptors())
                .nGoroutines(HostFacts.threads())
                .nEventsListener(eventListeners.getAsInt());
    }

    private void abilities(SystemInfoBuilder info) {
        info.memoryLimit(host.memory())
                .swapLimit(host.swap())
                .kernelMemoryTCP(host.tcpMemory())
                .cpuCfsPeriod(host.cpuPeriod())
                .cpuCfsQuota(host.cpuQuota())
                .cpuShares(host.cpuShares())
                .cpuSet(host.cpuSet())
                .pidsLimit(host.pids())
                .oomKillDisable(host.oomKillDisable())
                .iPv4Forwarding(host.ipForwarding());
    }

    private void machine(SystemInfoBuilder info) {
        Map<String, String> distribution = HostFacts.distribution();
        info.systemTime(Timestamps.text(Timestamps.now()))
                .kernelVersion(host.features().kernelRelease())
                .operatingSystem(distribution.getOrDefault("PRETTY_NAME", distribution.getOrDefault("NAME", "Linux")))
                .osVersion(distribution.getOrDefault("VERSION_ID", ""))
                .osType("linux")
                .architecture(HostFacts.machine())
                .ncpu(host.features().processors())
                .memTotal(host.features().memory())
                .name(host.hostname())
                .cgroupDriver("cgroupfs")
                .cgroupVersion(Integer.toString(host.groups().version()))
                .securityOptions(securityOptions());
    }

    private List<String> securityOptions() {
        List<String> options = new ArrayList<>();
        if (host.features().appArmor()) {
            options.add("name=apparmor");
        }
        if (host.features().seccomp()) {
            options.add("name=seccomp,profile=" + config.seccompProfile());
        }
        if (host.features().seLinux()) {
            options.add("name=selinux");
        }
        if (!Values.text(config.usernsRemap()).isEmpty()) {
            options.add("name=userns");
        }
        if (host.groups().version() == 2) {
            options.add("name=cgroupns");
        }
        if (config.noNewPrivileges()) {
            options.add("name=no-new-privileges");
        }
        return options;
    }

    private void setup(SystemInfoBuilder info) {
        info.driver(images.snapshotter().name())
                .driverStatus(List.of(
                        List.of("Backing Filesystem", HostFacts.fileSystem(config.dataRoot())),
                        List.of("Supports d_type", "true"),
                        List.of("Native Overlay Diff", "true"),
                        List.of("userxattr", "false"),
                        // By it clients know that images of several platforms, and what is attached to them, can be
                        // loaded.
                        List.of("driver-type", "io.containerd.snapshotter.v1")))
                .dockerRootDir(config.dataRoot().toAbsolutePath().toString())
                .plugins(
                        new PluginsInfo(volumeDrivers.get(), networkDrivers.get(), null, List.of("json-file", "local")))
                .loggingDriver(config.logDriver())
                .labels(config.labels())
                .serverVersion(build.version())
                .runtimes(Map.of(
                        RUNTIME,
                        new RuntimeInfo(
                                config.monitor() == null
                                        ? "naru-monitor"
                                        : config.monitor().toString(),
                                null,
                                null)))
                .defaultRuntime(RUNTIME)
                .registryConfig(RegistryView.of(config.registries()))
                .initBinary("naru-monitor")
                .liveRestoreEnabled(true)
                .defaultAddressPools(config.addressPools().stream()
                        .map(pool -> new SystemInfoDefaultAddressPool(pool.base(), pool.size()))
                        .toList())
                .cdiSpecDirs(
                        config.cdiDirectories().stream().map(Path::toString).toList())
                .discoveredDevices(new CdiDevices(config.cdiDirectories())
                        .all().stream()
                                .map(device -> new DeviceInfo("cdi", device.name()))
                                .toList())
                .firewallBackend(new FirewallInfo(config.firewall() ? "nftables" : "none", null));
    }

    /** What other engines have and this one doesn't, said in the way that clients expect. */
    private static void absent(SystemInfoBuilder info) {
        Map<String, @Nullable Object> swarm = new LinkedHashMap<>();
        swarm.put("NodeID", "");
        swarm.put("NodeAddr", "");
        swarm.put("LocalNodeState", "inactive");
        swarm.put("ControlAvailable", false);
        swarm.put("Error", "");
        swarm.put("RemoteManagers", null);
        info.swarm(swarm)
                .debug(false)
                .experimentalBuild(false)
                .isolation("")
                .indexServerAddress("https://index.docker.io/v1/")
                .httpProxy("")
                .httpsProxy("")
                .noProxy("")
                .containerdCommit(new CommitInfo(""))
                .runcCommit(new CommitInfo(""))
                .initCommit(new CommitInfo(""));
    }

    @Override
    public SystemVersion version() {
        return VersionView.of(build, host.features().kernelRelease());
    }

    @Override
    public DiskUsage diskUsage(Set<String> types) {
        return space.measure(types);
    }

    @Override
    public List<CheckFinding> examine(boolean repair) {
        return check.run(repair);
    }
}
