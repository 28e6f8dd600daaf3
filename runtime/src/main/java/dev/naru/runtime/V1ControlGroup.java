package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.KernelFile;
import dev.naru.oci.Resources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A group in each hierarchy of version 1 (kernel documentation, admin-guide/cgroup-v1). */
final class V1ControlGroup implements ControlGroup {
    private static final Duration FREEZING = Duration.ofSeconds(10);
    private static final Duration ENDING = Duration.ofSeconds(10);

    private final CgroupMounts mounts;
    private final String path;

    V1ControlGroup(CgroupMounts mounts, String path) {
        this.mounts = requireNonNull(mounts, "mounts");
        this.path = requireNonNull(path, "path");
    }

    /** Makes the directories; all of them are gone again when one can't be made. */
    static V1ControlGroup create(CgroupMounts mounts, String path) {
        V1ControlGroup group = new V1ControlGroup(mounts, path);
        try {
            mounts.hierarchies()
                    .forEach((mount, controllers) -> ControlGroups.makeWithParents(mount, path, made -> {
                        MadeParents.made(made, mount + path);
                        if (controllers.contains("cpuset")) {
                            V1Cpuset.inherit(mount, made);
                        }
                    }));
            return group;
        } catch (RuntimeException e) {
            group.remove();
            throw e;
        }
    }

    void apply(Resources resources) {
        V1Devices.apply(directoryOf("devices"), resources.devices());
        new V1Limits(this::directoryOf).apply(resources);
    }

    @Override
    public Path path() {
        return Path.of(path);
    }

    @Override
    public void join(LaunchPlan.Builder plan) {
        mounts.hierarchies().keySet().forEach(mount -> plan.controlGroupV1(Path.of(mount + path)));
        memoryEvents().ifPresent(plan::oomCounter);
    }

    @Override
    public List<Path> procsFiles() {
        return mounts.hierarchies().keySet().stream()
                .map(mount -> Path.of(mount + path, "cgroup.procs"))
                .toList();
    }

    @Override
    public List<View> views(boolean namespaced) {
        List<View> views = new ArrayList<>();
        mounts.hierarchies().forEach((mount, controllers) -> {
            String name = mount.substring(mount.lastIndexOf('/') + 1);
            List<String> aliases =
                    controllers.stream().filter(each -> !each.equals(name)).toList();
            views.add(new View(name, Path.of(mount + path), aliases));
        });
        return views;
    }

    @Override
    public void update(Resources resources) {
        new V1Limits(this::directoryOf).apply(resources);
    }

    @Override
    public void pause() {
        String state = freezerState();
        KernelFile.write(state, "FROZEN");
        // A task that was forking or in the kernel when the freeze began is caught by asking once more.
        boolean frozen = CgroupTree.await(FREEZING, () -> {
            boolean done = paused();
            if (!done) {
                KernelFile.write(state, "FROZEN");
            }
            return done;
        });
        if (!frozen) {
            KernelFile.write(state, "THAWED");
            throw new NaruException(
                    ErrorKind.UNAVAILABLE,
                    "cannot freeze control group " + path,
                    "a process did not stop within " + FREEZING.toSeconds() + " s",
                    "try again: it is in an uninterruptible system call");
        }
    }

    @Override
    public void resume() {
        KernelFile.write(freezerState(), "THAWED");
    }

    @Override
    public boolean paused() {
        return KernelFile.readIfPresent(freezerState()).orElse("").strip().equals("FROZEN");
    }

    @Override
    public ResourceUsage usage() {
        return new V1Usage(this::directoryIfAny).read();
    }

    @Override
    public List<Integer> pids() {
        return anyDirectory().map(CgroupTree::pids).orElse(List.of());
    }

    @Override
    public long oomKills() {
        // The counter is that of the group the victim was in, not of those above it.
        long kills = 0;
        for (String directory :
                directoryIfAny("memory").map(CgroupTree::directories).orElse(List.of())) {
            kills += ControlFile.table(directory + "/memory.oom_control").getOrDefault("oom_kill", 0L);
        }
        return kills;
    }

    @Override
    public long oomEvents() {
        Map<String, Long> state =
                memoryEvents().map(file -> ControlFile.table(file.toString())).orElse(Map.of());
        boolean stands = state.getOrDefault("oom_kill_disable", 0L) == 1 && state.getOrDefault("under_oom", 0L) == 1;
        return oomKills() + (stands ? 1 : 0);
    }

    @Override
    public Optional<Path> memoryEvents() {
        return directoryIfAny("memory").map(memory -> Path.of(memory, "memory.oom_control"));
    }

    @Override
    public void killAll() {
        boolean gone = CgroupTree.await(ENDING, () -> {
            List<Integer> pids = pids();
            if (!pids.isEmpty()) {
                killFrozen();
            }
            return pids.isEmpty();
        });
        if (!gone) {
            throw CgroupTree.inUse(path, pids());
        }
    }

    /** Frozen processes can neither fork nor exit, so the list is complete and no id in it is another process's. */
    private void killFrozen() {
        boolean freezable = directoryIfAny("freezer").filter(KernelFile::exists).isPresent();
        try {
            if (freezable) {
                KernelFile.write(freezerState(), "FROZEN");
            }
            CgroupTree.kill(pids());
        } finally {
            if (freezable) {
                KernelFile.write(freezerState(), "THAWED");
            }
        }
    }

    @Override
    public void remove() {
        for (String mount : mounts.hierarchies().keySet()) {
            CgroupTree.remove(mount + path);
        }
    }

    private String freezerState() {
        return directoryOf("freezer") + "/freezer.state";
    }

    private Optional<String> anyDirectory() {
        return directoryIfAny("pids")
                .or(() -> directoryIfAny("memory"))
                .or(() -> mounts.controllers().values().stream().findFirst().map(mount -> mount + path));
    }

    private Optional<String> directoryIfAny(String controller) {
        return Optional.ofNullable(mounts.controllers().get(controller)).map(mount -> mount + path);
    }

    private String directoryOf(String controller) {
        return directoryIfAny(controller)
                .orElseThrow(() -> new NaruException(
                        ErrorKind.NOT_SUPPORTED,
                        "cannot use the " + controller + " controller",
                        "the host has not mounted it",
                        "mount it below /sys/fs/cgroup, or leave the option out"));
    }

    /** Shared by the parts that look up a controller's directory. */
    @FunctionalInterface
    interface Directories {
        String of(String controller);
    }

    /** As {@link Directories}, for reading, where an absent controller counts nothing. */
    @FunctionalInterface
    interface OptionalDirectories {
        Optional<String> of(String controller);
    }
}
