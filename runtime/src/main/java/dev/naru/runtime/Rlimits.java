package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.KernelFile;
import dev.naru.oci.Rlimit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Resource limits by name (setrlimit(2), asm-generic/resource.h). */
final class Rlimits {
    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("RLIMIT_CPU", 0),
            Map.entry("RLIMIT_FSIZE", 1),
            Map.entry("RLIMIT_DATA", 2),
            Map.entry("RLIMIT_STACK", 3),
            Map.entry("RLIMIT_CORE", 4),
            Map.entry("RLIMIT_RSS", 5),
            Map.entry("RLIMIT_NPROC", 6),
            Map.entry("RLIMIT_NOFILE", 7),
            Map.entry("RLIMIT_MEMLOCK", 8),
            Map.entry("RLIMIT_AS", 9),
            Map.entry("RLIMIT_LOCKS", 10),
            Map.entry("RLIMIT_SIGPENDING", 11),
            Map.entry("RLIMIT_MSGQUEUE", 12),
            Map.entry("RLIMIT_NICE", 13),
            Map.entry("RLIMIT_RTPRIO", 14),
            Map.entry("RLIMIT_RTTIME", 15));

    /** The lines of /proc/self/limits in the order of the numbers (fs/proc/base.c of the kernel's sources). */
    private static final List<String> TITLES = List.of(
            "Max cpu time",
            "Max file size",
            "Max data size",
            "Max stack size",
            "Max core file size",
            "Max resident set",
            "Max processes",
            "Max open files",
            "Max locked memory",
            "Max address space",
            "Max file locks",
            "Max pending signals",
            "Max msgqueue size",
            "Max nice priority",
            "Max realtime priority",
            "Max realtime timeout");

    private Rlimits() {}

    static void compile(LaunchPlan.Builder plan, @Nullable List<Rlimit> limits, CapabilitySet held) {
        if (limits == null || limits.isEmpty()) {
            return;
        }
        boolean mayRaise = held.contains(Capability.CAP_SYS_RESOURCE);
        String own = mayRaise ? "" : KernelFile.read("/proc/self/limits");
        for (Rlimit limit : limits) {
            Integer number = NUMBERS.get(limit.type());
            if (number == null) {
                throw NaruException.invalid("unknown resource limit \"" + limit.type() + '"');
            }
            if (Long.compareUnsigned(limit.soft(), limit.hard()) > 0) {
                throw NaruException.invalid("cannot set " + limit.type() + ": the soft limit " + limit.soft()
                        + " is above the hard limit " + limit.hard());
            }
            if (!mayRaise) {
                requireAtMost(limit, hard(own, TITLES.get(number)));
            }
            plan.resourceLimit(number, limit.soft(), limit.hard());
        }
    }

    private static void requireAtMost(Rlimit limit, long hard) {
        if (Long.compareUnsigned(limit.hard(), hard) > 0) {
            throw new NaruException(
                    ErrorKind.FORBIDDEN,
                    "cannot set " + limit.type() + " to " + Long.toUnsignedString(limit.hard()),
                    "the engine's own hard limit is " + Long.toUnsignedString(hard),
                    "ask for less, or give the engine CAP_SYS_RESOURCE or a higher limit");
        }
    }

    /** A hard limit of this process; -1, the largest unsigned number, for none. */
    private static long hard(String limits, String title) {
        for (String line : limits.split("\n", -1)) {
            if (line.startsWith(title)) {
                String value = line.substring(title.length()).strip().split("\\s+", -1)[1];
                return value.equals("unlimited") ? -1 : Long.parseUnsignedLong(value);
            }
        }
        return -1;
    }
}
