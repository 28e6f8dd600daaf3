package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.KernelFile;
import dev.naru.linux.LinuxException;
import dev.naru.oci.Resources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A group of the unified hierarchy (kernel documentation, admin-guide/cgroup-v2). */
final class V2ControlGroup implements ControlGroup {
    private static final Duration FREEZING = Duration.ofSeconds(10);
    private static final Duration ENDING = Duration.ofSeconds(10);
    /** Those that the options of a container need. */
    private static final List<String> WANTED = List.of("cpuset", "cpu", "io", "memory", "pids", "hugetlb");

    private final String mount;
    private final String path;

    V2ControlGroup(String mount, String path) {
        this.mount = requireNonNull(mount, "mount");
        this.path = requireNonNull(path, "path");
    }

    static V2ControlGroup create(String mount, String path) {
        V2ControlGroup group = new V2ControlGroup(mount, path);
        try {
            // Making a parent's controllers available first spares doing it for each container.
            ControlGroups.makeWithParents(mount, path, made -> MadeParents.made(made, mount + path));
            String parent = path.substring(0, path.lastIndexOf('/'));
            if (!hasControllers(mount + path, mount)) {
                enable(mount, parent);
            }
            return group;
        } catch (LinuxException e) {
            group.remove();
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot make control group " + path, e);
        } catch (RuntimeException e) {
            group.remove();
            throw e;
        }
    }

    void apply(Resources resources) {
        if (resources.devices() != null) {
            DeviceProgram program = DeviceProgram.of(resources.devices());
            if (!program.allowsEverything()) {
                program.attach(top());
            }
        }
        new V2Limits(top()).apply(resources);
    }

    @Override
    public Path path() {
        return Path.of(path);
    }

    @Override
    public void join(LaunchPlan.Builder plan) {
        join(plan, top());
    }

    /**
     * A container that divides its resources itself, as systemd does in one, has had to move its processes into groups
     * below: the kernel lets none be in a group that has controllers for others.
     */
    @Override
    public void joinBeside(LaunchPlan.Builder plan, int first) {
        boolean divided = KernelFile.readIfPresent(top() + "/cgroup.subtree_control")
                .filter(text -> !text.isBlank())
                .isPresent();
        join(plan, divided ? groupOf(first) : top());
    }

    private String groupOf(int pid) {
        String line = KernelFile.readIfPresent("/proc/" + pid + "/cgroup")
                .map(text -> text.split("\n", 2)[0])
                .orElse("");
        String group = line.startsWith("0::") ? line.substring("0::".length()) : path;
        return group.startsWith(path + '/') ? mount + group : top();
    }

    private void join(LaunchPlan.Builder plan, String directory) {
        plan.controlGroupV2(Path.of(directory));
        memoryEvents().ifPresent(plan::oomCounter);
    }

    @Override
    public List<Path> procsFiles() {
        return List.of(Path.of(top(), "cgroup.procs"));
    }

    @Override
    public List<View> views(boolean namespaced) {
        // In the host's namespace /proc/self/cgroup has the path from the root, and programs look for it there.
        return List.of(new View("", Path.of(namespaced ? top() : mount), List.of()));
    }

    @Override
    public void update(Resources resources) {
        V2Limits limits = new V2Limits(top());
        limits.checkAgainstUsage(resources);
        limits.apply(resources);
    }

    @Override
    public void pause() {
        KernelFile.write(top() + "/cgroup.freeze", "1");
        if (!CgroupTree.await(FREEZING, this::paused)) {
            KernelFile.write(top() + "/cgroup.freeze", "0");
            throw new NaruException(
                    ErrorKind.UNAVAILABLE,
                    "cannot freeze control group " + path,
                    "a process did not stop within " + FREEZING.toSeconds() + " s",
                    "try again: it is in an uninterruptible system call");
        }
    }

    @Override
    public void resume() {
        KernelFile.write(top() + "/cgroup.freeze", "0");
    }

    @Override
    public boolean paused() {
        return ControlFile.table(top() + "/cgroup.events").getOrDefault("frozen", 0L) == 1;
    }

    @Override
    public ResourceUsage usage() {
        return V2Usage.read(top());
    }

    @Override
    public List<Integer> pids() {
        return CgroupTree.pids(top());
    }

    @Override
    public long oomKills() {
        // Unlike memory.events.local this counts the groups below too.
        return ControlFile.table(top() + "/memory.events").getOrDefault("oom_kill", 0L);
    }

    @Override
    public Optional<Path> memoryEvents() {
        return Optional.of(Path.of(top(), "memory.events")).filter(events -> KernelFile.exists(events.toString()));
    }

    @Override
    public void killAll() {
        boolean gone = CgroupTree.await(ENDING, () -> {
            List<Integer> pids = pids();
            if (!pids.isEmpty()) {
                killOnce(pids);
            }
            return pids.isEmpty();
        });
        if (!gone) {
            throw CgroupTree.inUse(path, pids());
        }
    }

    private void killOnce(List<Integer> pids) {
        try {
            KernelFile.write(top() + "/cgroup.kill", "1");
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                throw NaruException.because(ErrorKind.INTERNAL, "cannot kill control group " + path, e);
            }
            // Kernels before 5.14, or a group that is gone meanwhile.
            CgroupTree.kill(pids);
        }
    }

    @Override
    public void remove() {
        CgroupTree.remove(top());
    }

    private String top() {
        return mount + path;
    }

    private static boolean hasControllers(String directory, String mount) {
        List<String> present = controllers(directory + "/cgroup.controllers");
        return controllers(mount + "/cgroup.controllers").stream()
                .filter(WANTED::contains)
                .allMatch(present::contains);
    }

    /** Passes the wanted controllers down from the root to a group, so that groups in it have them. */
    private static void enable(String mount, String path) {
        List<String> wanted = new ArrayList<>(controllers(mount + "/cgroup.controllers"));
        wanted.retainAll(WANTED);
        StringBuilder directory = new StringBuilder(mount);
        for (String part : path.split("/", -1)) {
            if (!part.isEmpty()) {
                directory.append('/').append(part);
            }
            for (String controller : wanted) {
                KernelFile.write(directory + "/cgroup.subtree_control", "+" + controller);
            }
        }
    }

    private static List<String> controllers(String file) {
        return Arrays.stream(KernelFile.read(file).strip().split(" ", -1))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** Counters by device of a file with lines "8:0 rbytes=1 wbytes=2". */
    static Map<String, Map<String, Long>> byDevice(String file) {
        Map<String, Map<String, Long>> devices = new java.util.LinkedHashMap<>();
        for (String line : KernelFile.readIfPresent(file).orElse("").split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            Map<String, Long> counters = new java.util.LinkedHashMap<>();
            for (int i = 1; i < fields.length; i++) {
                int equals = fields[i].indexOf('=');
                if (equals > 0) {
                    counters.put(fields[i].substring(0, equals), Long.parseLong(fields[i].substring(equals + 1)));
                }
            }
            if (!counters.isEmpty()) {
                devices.put(fields[0], counters);
            }
        }
        return devices;
    }
}
