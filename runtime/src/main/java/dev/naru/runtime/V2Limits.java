package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.KernelFile;
import dev.naru.oci.BlockIo;
import dev.naru.oci.Cpu;
import dev.naru.oci.HugepageLimit;
import dev.naru.oci.Memory;
import dev.naru.oci.Resources;
import dev.naru.oci.ThrottleDevice;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Limits of version 2, from the specification's terms, which are those of version 1. */
final class V2Limits {
    private final String directory;

    V2Limits(String directory) {
        this.directory = requireNonNull(directory, "directory");
    }

    void apply(Resources resources) {
        if (resources.memory() != null) {
            memory(resources.memory());
        }
        if (resources.cpu() != null) {
            cpu(resources.cpu());
        }
        if (resources.pids() != null) {
            long limit = resources.pids().limit();
            set("pids.max", "pids limit", limit <= 0 ? "max" : Long.toString(limit));
        }
        if (resources.blockIO() != null) {
            blockIo(resources.blockIO());
        }
        if (resources.hugepageLimits() != null) {
            for (HugepageLimit limit : resources.hugepageLimits()) {
                set("hugetlb." + limit.pageSize() + ".max", "huge page limit", Long.toString(limit.limit()));
            }
        }
        if (resources.unified() != null) {
            resources.unified().forEach(this::unified);
        }
    }

    /**
     * Version 2 takes a limit below the usage and then kills processes until it holds; version 1 refuses it. A change of
     * limits shall not kill, so it is refused here too.
     */
    void checkAgainstUsage(Resources resources) {
        Long limit = resources.memory() == null ? null : resources.memory().limit();
        if (limit == null || limit < 0) {
            return;
        }
        Map<String, Long> stat = ControlFile.table(directory + "/memory.stat");
        long held = stat.getOrDefault("anon", 0L) + stat.getOrDefault("shmem", 0L) + stat.getOrDefault("kernel", 0L);
        if (held > limit) {
            throw new NaruException(
                    ErrorKind.CONFLICT,
                    "cannot set memory limit to " + limit,
                    held + " bytes that can't be given back are in use",
                    "free some, or give a higher limit");
        }
    }

    private void memory(Memory memory) {
        if (memory.swappiness() != null) {
            throw absent("memory swappiness");
        }
        if (Boolean.TRUE.equals(memory.disableOOMKiller())) {
            throw absent("the OOM killer's switch");
        }
        setIfAsked("memory.max", "memory limit", limit(memory.limit()));
        if (memory.swap() != null) {
            set("memory.swap.max", "swap limit", swap(memory.limit(), memory.swap()));
        }
        setIfAsked("memory.low", "memory reservation", limit(memory.reservation()));
    }

    /** The specification's swap is memory and swap together; this version limits swap alone. */
    private String swap(@Nullable Long limit, long both) {
        if (both < 0) {
            return "max";
        }
        long memory = limit != null ? limit : ControlFile.number(directory + "/memory.max", Long.MAX_VALUE);
        if (memory < 0 || memory > both) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot set memory and swap limit to " + both,
                    "it is below the memory limit",
                    "give both together");
        }
        return Long.toString(both - memory);
    }

    private void cpu(Cpu cpu) {
        if (cpu.shares() != null && cpu.shares() != 0) {
            set("cpu.weight", "cpu shares", Long.toString(weight(cpu.shares())));
        }
        setIfAsked("cpu.idle", "cpu idle", cpu.idle());
        if (cpu.quota() != null || (cpu.period() != null && cpu.period() != 0)) {
            set("cpu.max", "cpu quota", max(cpu));
        }
        setIfAsked("cpu.max.burst", "cpu burst", cpu.burst());
        if (cpu.cpus() != null && !cpu.cpus().isEmpty()) {
            set("cpuset.cpus", "cpuset cpus", cpu.cpus());
        }
        if (cpu.mems() != null && !cpu.mems().isEmpty()) {
            set("cpuset.mems", "cpuset memory nodes", cpu.mems());
        }
        if (cpu.realtimePeriod() != null || cpu.realtimeRuntime() != null) {
            throw absent("real-time scheduling");
        }
    }

    /** Both halves of cpu.max are always written; the one that was not given stays as it is. */
    private String max(Cpu cpu) {
        String[] now = KernelFile.readIfPresent(directory + "/cpu.max")
                .orElse("max 100000")
                .strip()
                .split(" ", -1);
        Long quota = cpu.quota();
        String share = quota == null ? now[0] : quota <= 0 ? "max" : quota.toString();
        String period = cpu.period() == null || cpu.period() == 0
                ? now[1]
                : cpu.period().toString();
        return share + " " + period;
    }

    /** Shares of 2 to 262,144 to weights of 1 to 10,000, linearly, as runtimes agree to do. */
    static long weight(long shares) {
        long bounded = Math.clamp(shares, 2L, 262_144L);
        return 1 + (bounded - 2) * 9_999 / 262_142;
    }

    private void blockIo(BlockIo io) {
        if (io.weight() != null && io.weight() != 0) {
            if (KernelFile.exists(directory + "/io.bfq.weight")) {
                set("io.bfq.weight", "block I/O weight", io.weight().toString());
            } else {
                // 10 to 1,000 becomes 1 to 10,000.
                set("io.weight", "block I/O weight", "default " + (1 + (io.weight() - 10L) * 9_999 / 990));
            }
        }
        if (io.weightDevice() != null && !io.weightDevice().isEmpty()) {
            ControlFile.setEach(
                    directory,
                    "io.bfq.weight",
                    "block I/O weight of a device",
                    io.weightDevice().stream()
                            .map(device -> device.major() + ":" + device.minor() + " " + device.weight())
                            .toList());
        }
        throttle("rbps", "read rate", io.throttleReadBpsDevice());
        throttle("wbps", "write rate", io.throttleWriteBpsDevice());
        throttle("riops", "read operations", io.throttleReadIOPSDevice());
        throttle("wiops", "write operations", io.throttleWriteIOPSDevice());
    }

    private void throttle(String key, String what, @Nullable List<ThrottleDevice> devices) {
        if (devices != null && !devices.isEmpty()) {
            ControlFile.setEach(
                    directory,
                    "io.max",
                    what,
                    devices.stream()
                            .map(device -> device.major() + ":" + device.minor() + " " + key + "="
                                    + (device.rate() == 0 ? "max" : Long.toString(device.rate())))
                            .toList());
        }
    }

    private void unified(String file, String value) {
        if (file.isEmpty() || file.contains("/") || file.startsWith(".") || file.startsWith("cgroup.")) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot set " + file,
                    "it is not a controller's file",
                    "name one such as memory.high");
        }
        set(file, file, value);
    }

    private void set(String file, String what, String value) {
        ControlFile.set(directory, file, what, value);
    }

    private void setIfAsked(String file, String what, @Nullable Object value) {
        ControlFile.setIfAsked(directory, file, what, value);
    }

    private static @Nullable String limit(@Nullable Long bytes) {
        return bytes == null ? null : bytes < 0 ? "max" : bytes.toString();
    }

    private static NaruException absent(String what) {
        return new NaruException(
                ErrorKind.NOT_SUPPORTED,
                "cannot set " + what,
                "control groups version 2 have no such setting",
                "leave this option out");
    }
}
