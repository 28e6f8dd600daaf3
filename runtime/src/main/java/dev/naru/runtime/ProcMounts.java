package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Mount;
import java.nio.file.Path;
import java.util.Set;

/**
 * What may be mounted in a container's /proc. The launch writes ids, labels and limits there: whoever could put
 * something of his own in its place would have them go elsewhere.
 */
final class ProcMounts {
    /** Facts about the machine, which tools like lxcfs show smaller than they are. */
    private static final Set<Path> HARMLESS = Set.of(
            Path.of("/proc/cpuinfo"),
            Path.of("/proc/diskstats"),
            Path.of("/proc/loadavg"),
            Path.of("/proc/meminfo"),
            Path.of("/proc/net/dev"),
            Path.of("/proc/slabinfo"),
            Path.of("/proc/stat"),
            Path.of("/proc/swaps"),
            Path.of("/proc/uptime"),
            Path.of("/proc/sys/kernel/ns_last_pid"),
            Path.of("/proc/sys/crypto/fips_enabled"));

    private static final Path PROC = Path.of("/proc");

    private ProcMounts() {}

    static void check(Mount mount, MountOptions options) {
        Path target = Path.of(mount.destination()).normalize();
        boolean proc = target.equals(PROC)
                && ("proc".equals(mount.type()) || (options.bind() && "/proc".equals(mount.source())));
        if (target.startsWith(PROC) && !proc && !HARMLESS.contains(target)) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot mount " + mount.source() + " at " + mount.destination(),
                    "it cannot be mounted because it is inside /proc",
                    "choose another place");
        }
    }
}
