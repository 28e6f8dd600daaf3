package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Device;
import dev.naru.oci.Mount;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The nodes and links of a container's /dev (runtime-spec, config-linux.md, Default Devices). */
final class DeviceNodes {
    private static final int S_IFIFO = 0x1000;
    private static final int S_IFCHR = 0x2000;
    private static final int S_IFBLK = 0x6000;
    private static final int EVERYBODY = 0666;

    private static final List<Device> DEFAULT = List.of(
            character("/dev/null", 1, 3),
            character("/dev/zero", 1, 5),
            character("/dev/full", 1, 7),
            character("/dev/random", 1, 8),
            character("/dev/urandom", 1, 9),
            character("/dev/tty", 5, 0));

    private DeviceNodes() {}

    static void compile(LaunchPlan.Builder plan, @Nullable List<Device> more, IdMap uids, IdMap gids) {
        Map<String, Device> devices = new LinkedHashMap<>();
        DEFAULT.forEach(device -> devices.put(device.path(), device));
        if (more != null) {
            more.forEach(device -> devices.put(device.path(), device));
        }
        devices.values().forEach(device -> node(plan, device, uids, gids));
        plan.symlink("pts/ptmx", "/dev/ptmx");
        plan.symlink("/proc/self/fd", "/dev/fd");
        plan.symlink("/proc/self/fd/0", "/dev/stdin");
        plan.symlink("/proc/self/fd/1", "/dev/stdout");
        plan.symlink("/proc/self/fd/2", "/dev/stderr");
    }

    /** Whether /dev is the host's, bound there: nothing may be made in it then. */
    static boolean belongToHost(List<Mount> mounts) {
        return mounts.stream()
                .filter(mount -> mount.destination().equals("/dev")
                        || mount.destination().equals("/dev/"))
                .anyMatch(mount -> MountOptions.of(mount).bind());
    }

    private static void node(LaunchPlan.Builder plan, Device device, IdMap uids, IdMap gids) {
        int type =
                switch (device.type()) {
                    case "c", "u" -> S_IFCHR;
                    case "b" -> S_IFBLK;
                    case "p" -> S_IFIFO;
                    default ->
                        throw new NaruException(
                                ErrorKind.INVALID,
                                "cannot make device " + device.path(),
                                "its type \"" + device.type() + "\" is not c, b or p",
                                null);
                };
        int mode = device.fileMode() == null ? EVERYBODY : device.fileMode() & 07777;
        plan.device(
                device.path(),
                type | mode,
                device.major() == null ? 0 : device.major(),
                device.minor() == null ? 0 : device.minor(),
                uids.toHost(device.uid() == null ? 0 : device.uid()),
                gids.toHost(device.gid() == null ? 0 : device.gid()));
    }

    private static Device character(String path, long major, long minor) {
        return new Device("c", path, major, minor, null, null, null);
    }
}
