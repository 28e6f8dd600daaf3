package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.KernelFile;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Syscall;
import dev.naru.runtime.ControlGroup;
import dev.naru.runtime.HostFeatures;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What this engine's containers have in the kernel: mounts below their directories, and control groups. */
final class KernelLeftovers {
    private static final System.Logger LOG = System.getLogger("naru.engine");
    private static final int MNT_DETACH = 2;
    private static final int MOUNT_POINT = 4;

    private final ContainerRegistry registry;
    private final ContainerPaths paths;
    private final HostFeatures host;
    private final EngineConfig config;
    private final String parent;
    private final boolean ownParent;

    KernelLeftovers(ContainerRegistry registry, ContainerPaths paths, HostFeatures host, EngineConfig config) {
        this.registry = requireNonNull(registry, "registry");
        this.paths = requireNonNull(paths, "paths");
        this.host = requireNonNull(host, "host");
        this.config = requireNonNull(config, "config");
        this.parent = LaunchBuilder.groupParent(config);
        this.ownParent = LaunchBuilder.ownsGroupParent(config);
    }

    /** Whether a container that runs, or begins to, is one of those. */
    boolean isAlive(Predicate<Container> which) {
        return registry.all().stream()
                .filter(container -> {
                    Phase phase = container.status().phase();
                    return phase.alive() || phase == Phase.STARTING;
                })
                .anyMatch(which);
    }

    /** Mount points below directories of containers, those mounted last first (proc(5), mountinfo). */
    List<String> mounts() {
        String records = paths.records() + "/";
        String states = paths.states() + "/";
        return KernelFile.read("/proc/self/mountinfo")
                .lines()
                .map(line -> line.split(" ", -1)[MOUNT_POINT])
                .filter(point -> point.startsWith(records) || point.startsWith(states))
                .distinct()
                .collect(Collectors.toList())
                .reversed();
    }

    boolean isMountWanted(String point) {
        Path path = Path.of(point);
        return isAlive(container ->
                path.startsWith(paths.record(container.id())) || path.startsWith(paths.state(container.id())));
    }

    void unmount(String point) {
        try (Descriptor mounted = Descriptor.open(point, Descriptor.O_PATH | Descriptor.O_NOFOLLOW, 0);
                Arena arena = Arena.ofConfined()) {
            Syscall.UMOUNT2.call(point, arena.allocateFrom(mounted.path()).address(), MNT_DETACH);
        }
    }

    /** Names of the containers' control groups. A parent that was configured may hold those of other engines too. */
    Collection<String> groups() {
        return !ownParent
                ? List.of()
                : host.controlGroups().children(parent).stream()
                        .filter(name -> name.matches("[0-9a-f]{64}"))
                        .toList();
    }

    /**
     * Removes what an engine left that died after a container's record was gone and before its kernel side was. Only
     * while nobody starts containers.
     */
    void sweep() {
        try {
            mounts().stream().filter(point -> !isMountWanted(point)).forEach(this::unmount);
            for (Container container : registry.all()) {
                // Groups below a parent that was asked for are found by their container alone.
                if (!isAlive(container::equals)) {
                    LaunchBuilder.customGroup(container.record(), config).ifPresent(this::removeGroupAt);
                }
            }
            for (String name : groups()) {
                if (!isAlive(container -> container.id().equals(name))) {
                    removeGroup(name);
                }
            }
        } catch (NaruException | LinuxException failure) {
            LOG.log(System.Logger.Level.WARNING, "what an earlier engine left in the kernel", failure);
        }
    }

    /** Kills what is left in a group and removes it. */
    void removeGroup(String name) {
        removeGroupAt(parent + "/" + name);
    }

    private void removeGroupAt(String path) {
        ControlGroup group = host.controlGroups().open(path);
        group.killAll();
        group.remove();
        host.controlGroups().removeMadeParents(path, parent);
    }
}
