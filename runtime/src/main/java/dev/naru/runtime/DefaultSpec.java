package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.KernelFile;
import dev.naru.oci.Capabilities;
import dev.naru.oci.DeviceRule;
import dev.naru.oci.Mount;
import dev.naru.oci.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The parts of a specification that a container gets when nothing else is asked for: those of Docker's containers. */
public final class DefaultSpec {
    /** Bytes of /dev/shm. */
    public static final long SHM_SIZE = 64L * 1024 * 1024;

    private static final List<String> MASKED = List.of(
            "/proc/asound",
            "/proc/acpi",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/sys/firmware",
            "/sys/devices/virtual/powercap");

    private static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private static final List<DeviceRule> DEVICE_RULES = Stream.of(
                    new DeviceRule(false, "a", null, null, "rwm"),
                    // Nodes of any device may be made; they can't be opened without a rule of their own.
                    new DeviceRule(true, "c", null, null, "m"),
                    new DeviceRule(true, "b", null, null, "m"),
                    open(1, 3L),
                    open(1, 5L),
                    open(1, 7L),
                    open(1, 8L),
                    open(1, 9L),
                    open(5, 0L),
                    open(5, 1L),
                    open(5, 2L),
                    open(136, null),
                    open(10, 200L))
            .toList();

    private static final DeviceRule EVERY_DEVICE = new DeviceRule(true, "a", null, null, "rwm");

    private final Supplier<List<String>> masked;

    public DefaultSpec(HostFeatures host) {
        requireNonNull(host, "host");
        this.masked = Once.of(() -> maskedOn(host));
    }

    /** Paths that are hidden; those the host does not have are harmless. */
    public List<String> maskedPaths() {
        return masked.get();
    }

    public List<String> readOnlyPaths() {
        return READ_ONLY;
    }

    /** Devices that can be opened: null, zero, full, random, urandom, terminals, tun. */
    public List<DeviceRule> deviceRules() {
        return DEVICE_RULES;
    }

    /** All devices, for a privileged container. */
    public List<DeviceRule> everyDevice() {
        return List.of(EVERY_DEVICE);
    }

    /**
     * The file systems that every container has, before its own mounts.
     *
     * @param shmSize bytes of /dev/shm
     * @param privileged whether /sys and the control groups are writable
     */
    public List<Mount> mounts(long shmSize, boolean privileged) {
        String access = privileged ? "rw" : "ro";
        return List.of(
                new Mount("/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev")),
                new Mount("/dev", "tmpfs", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=65536k")),
                new Mount(
                        "/dev/pts",
                        "devpts",
                        "devpts",
                        List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")),
                new Mount("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", access)),
                new Mount("/sys/fs/cgroup", "cgroup", "cgroup", List.of(access, "nosuid", "noexec", "nodev")),
                new Mount("/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev")),
                new Mount(
                        "/dev/shm",
                        "tmpfs",
                        "shm",
                        List.of("nosuid", "noexec", "nodev", "mode=1777", "size=" + shmSize)));
    }

    /** Namespaces of the container's own, all but user and cgroup; on version 2 hosts the cgroup one too. */
    public List<Namespace> namespaces(boolean cgroup) {
        List<Namespace> namespaces = new ArrayList<>();
        for (String type : List.of("mount", "network", "uts", "pid", "ipc")) {
            namespaces.add(new Namespace(type, null));
        }
        if (cgroup) {
            namespaces.add(new Namespace("cgroup", null));
        }
        return namespaces;
    }

    /** The sets of a process that has these: none of them outlives a change to another user. */
    public Capabilities capabilities(CapabilitySet set) {
        List<String> names = set.names();
        return new Capabilities(names, names, null, names, null);
    }

    /** Some processors' temperatures tell what other containers compute. */
    private static List<String> maskedOn(HostFeatures host) {
        List<String> paths = new ArrayList<>(MASKED);
        for (int cpu = 0; cpu < host.processors(); cpu++) {
            String path = "/sys/devices/system/cpu/cpu" + cpu + "/thermal_throttle";
            if (KernelFile.exists(path)) {
                paths.add(path);
            }
        }
        return List.copyOf(paths);
    }

    private static DeviceRule open(long major, @Nullable Long minor) {
        return new DeviceRule(true, "c", major, minor, "rwm");
    }
}
