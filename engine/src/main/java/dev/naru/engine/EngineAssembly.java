package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildSolver;
import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.engine.Containers.Lifecycle;
import dev.naru.engine.Containers.Views;
import dev.naru.engine.LocalEngine.Services;
import dev.naru.error.NaruException;
import dev.naru.image.Image;
import dev.naru.image.ImageStore;
import dev.naru.image.TrustPolicy;
import dev.naru.image.UnpackLimits;
import dev.naru.network.BridgeDriver;
import dev.naru.network.FirewallMode;
import dev.naru.network.KernelSandboxes;
import dev.naru.network.NetworkDrivers;
import dev.naru.network.NetworkSandboxes;
import dev.naru.network.PortRelay;
import dev.naru.network.Resolver;
import dev.naru.network.SideProgram;
import dev.naru.registry.Registries;
import dev.naru.runtime.HostFeatures;
import dev.naru.store.Database;
import dev.naru.store.Store;
import dev.naru.volume.VolumeTable;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;

/** Wires an engine by hand: the one place that knows which implementation stands behind which interface. */
final class EngineAssembly {
    private static final int READY_SANDBOXES = 4;

    private final EngineConfig config;
    /** Closed from the last opened to the first. */
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    private EngineAssembly(EngineConfig config) {
        this.config = requireNonNull(config, "config");
    }

    static Engine open(EngineConfig config) {
        return open(config, Launching::monitored);
    }

    /** Opens an engine that launches in a way of its own. */
    static Engine open(EngineConfig config, Launching.Maker maker) {
        var assembly = new EngineAssembly(config);
        try {
            return assembly.engine(assembly.rooms(), maker);
        } catch (RuntimeException failure) {
            LocalEngine.closeAll(assembly.resources);
            throw failure;
        }
    }

    private <T extends AutoCloseable> T closing(T resource) {
        resources.push(resource);
        return resource;
    }

    private static FirewallMode firewallMode(EngineConfig config) {
        return switch (config.firewallMode()) {
            case "direct" -> config.firewall() ? FirewallMode.DIRECT : FirewallMode.OFF;
            case "host" -> config.firewall() ? FirewallMode.HOST : FirewallMode.OFF;
            default ->
                throw NaruException.invalid(
                        "invalid firewall mode \"" + config.firewallMode() + "\": it is direct or host");
        };
    }

    private ImageStore images(Store store) {
        EngineConfig.LayerLimits limits = config.layerLimits();
        return ImageStore.open(
                store, config.storageDriver(), new UnpackLimits(limits.bytes(), limits.ratio(), limits.files()));
    }

    private Rooms rooms() {
        UserRemap remap = UserRemap.of(config);
        Store store = closing(Store.open(config.dataRoot()));
        NetworkDrivers driver = closing(new NetworkDrivers(
                new BridgeDriver(
                        config.bridge(),
                        firewallMode(config),
                        new PortRelay(program(SideProgram.RELAY), config.execRoot()),
                        config.ipForward()),
                config.dataRoot().resolve("network")));
        NetworkSandboxes sandboxes = closing(new KernelSandboxes(driver, READY_SANDBOXES));
        ImageStore images = closing(images(store));
        return new Rooms(
                store, images, VolumeTable.open(store, remap.owners()), driver, sandboxes, new HostFeatures(), remap);
    }

    private SideProgram program(String name) {
        Path monitor = config.monitor();
        Path beside = monitor == null ? null : monitor.getParent();
        return beside == null ? SideProgram.extracted(config.execRoot(), name) : SideProgram.installed(beside, name);
    }

    private ContainerResolver resolver(NetworkTable networks, ContainerTable table) {
        return new ContainerResolver(
                new Resolver(program(SideProgram.RESOLVER), config.execRoot()),
                networks,
                table,
                new ContainerNameServers(config));
    }

    private Engine engine(Rooms rooms, Launching.Maker maker) {
        Database database = rooms.store().database();
        var documents = new Documents();
        var journal = new EventJournal(database, documents);
        var table = new ContainerTable(database, documents, journal);
        table.load();
        Launching launching = maker.make(config, rooms, table);
        closing(launching.runtime());
        var paths = new ContainerPaths(config);
        Directories.ofUnrelated(paths.records(), "rwx--x---");
        Directories.ofUnrelated(paths.states(), "rwx--x--x");
        LogReader logs = closing(new LogReader(paths));
        DefaultNetworks known = DefaultNetworks.open(database, rooms.driver(), config);
        var nets = new NetworkTable(known, database, journal, rooms.driver());
        nets.load();
        closing(new KernelTraces(table, rooms.driver(), nets, config));
        var networks = new ContainerNetworks(rooms.driver(), rooms.sandboxes(), nets, closing(resolver(nets, table)));
        HostResources limits = HostResources.ofHost();
        var factory = new ContainerFactory(
                config, rooms.images(), rooms.volumes(), table, rooms.host(), limits, rooms.remap(), nets::configured);

        var execs = new Execs(table, launching.processes());
        var health = new HealthChecks(table, new HealthCommand(table, launching.processes()));
        LogCompression compression = closing(new LogCompression(paths));
        OomWatch memory = closing(new OomWatch(table));
        var exits = new ExitWatch(table, networks, health, compression, memory, launching.release());
        var uses = new ImageUse(
                database, rooms.images().list().stream().map(Image::id).collect(Collectors.toSet()));
        var starter = new ContainerStart(
                table,
                networks,
                rooms.images().snapshotter(),
                launching.launches(),
                launching.runtime(),
                paths,
                exits,
                rooms.remap(),
                uses);
        var restarts = new Restarts(table, starter);
        var stopper = new ContainerStop(table, starter, restarts, config.shutdownTimeout());
        Leftovers leftovers = closing(new Leftovers(rooms.images().snapshotter(), paths, table));
        var removal = new ContainerRemoval(table, rooms.volumes(), stopper, restarts, execs, leftovers);
        exits.follow(restarts::schedule, removal::automatic);
        closing(new Timers(table, exits, health));

        EventSink sink = (type, action, id, attributes) -> journal.record(new Happening(type, action, id, attributes));
        var lifecycle = new Lifecycle(
                new ContainerCreation(factory, table, rooms.images(), paths, leftovers),
                starter,
                stopper,
                new ContainerPause(table),
                new ContainerRename(table, networks),
                new ContainerUpdate(table, limits, memory),
                new ContainerPorts(table, networks),
                new ContainerPrune(table, rooms.images().snapshotter(), sink),
                removal);
        var networkView = new NetworkView(nets);
        var views = new Views(
                new InspectView(config, rooms.images(), rooms.volumes(), table, networkView, id -> table.find(id)
                        .map(execs::idsOf)
                        .orElse(List.of())),
                new ListView(table, rooms.images(), rooms.volumes(), networkView),
                new StatsCollector(table),
                new ContainerArchive(rooms.images().snapshotter(), rooms.volumes(), rooms.remap(), sink));
        var containers = new Containers(table, lifecycle, views, logs);
        var images = new ImageCatalog(rooms.images(), table, containers, uses, sink);
        var registries = closing(new Registries(config.registries().settings()));
        var transfers = new ImageTransfers(
                rooms.images(),
                registries,
                uses,
                config.trustPolicy() == null ? TrustPolicy.NONE : TrustPolicy.read(config.trustPolicy()),
                sink,
                config.registries().pushCompression());
        var steps = new StepContainers(config, rooms, networks, launching);
        int parallel = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
        var bases = new StoredBases(rooms.images(), transfers, uses);
        var web = new WebFiles();
        Builder builds = closing(new Builder(
                rooms.store(),
                rooms.images(),
                sink,
                bases,
                web,
                config.cachePolicy(),
                registries,
                config.bridge(),
                () -> new BuildSolver(rooms.store(), rooms.images(), bases, steps, web, parallel)));
        var volumes = new VolumeCatalog(rooms.volumes(), new VolumeArchive(table, rooms.volumes(), sink), sink);
        var kernel = new KernelLeftovers(table, paths, rooms.host(), config);
        var system = new EngineInfo(
                config,
                database,
                table,
                rooms.images(),
                rooms.host(),
                new SpaceUsage(rooms.images(), images, containers, volumes, builds, paths),
                new SystemCheck(table, rooms.images(), rooms.volumes(), paths, kernel),
                journal::listeners,
                rooms.volumes()::drivers,
                rooms.driver()::names);

        var recovery = new Recovery(
                table, launching.runtime(), paths, networks, exits, removal, leftovers, kernel, rooms.volumes());
        recovery.run();
        rooms.driver().bridge().watch(network -> journal.record(NetworkTable.happening(network, "mend")));
        execs.adopt();
        table.in(Phase.EXITED).forEach(compression::end);
        Boot.start(recovery.wanted(), starter, restarts);
        DiskPolicy policy = config.diskPolicy();
        if (policy != null) {
            closing(new DiskCare(
                            policy, rooms.store(), rooms.images(), new ImageUsers(table), uses, builds::cache, sink)
                    .start());
        }
        return new LocalEngine(
                config,
                new Services(
                        containers,
                        execs,
                        images,
                        transfers,
                        volumes,
                        new NetworkCatalog(
                                nets,
                                table,
                                config,
                                database,
                                new NetworkCreation(nets, rooms.driver(), config),
                                new NetworkRemoval(nets, rooms.driver(), table, sink),
                                new NetworkConnections(nets, table, networks, new NetworkFiles(config, paths, table))),
                        builds,
                        journal,
                        system),
                resources);
    }
}
