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
import dev.naru.oci.WeightDevice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Limits of version 1, in the order that lets both a rise and a fall of related ones succeed. */
final class V1Limits {
    private final V1ControlGroup.Directories directories;

    V1Limits(V1ControlGroup.Directories directories) {
        this.directories = requireNonNull(directories, "directories");
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
            ControlFile.set(
                    directories.of("pids"), "pids.max", "pids limit", limit <= 0 ? "max" : Long.toString(limit));
        }
        if (resources.blockIO() != null) {
            blockIo(resources.blockIO());
        }
        if (resources.hugepageLimits() != null) {
            for (HugepageLimit limit : resources.hugepageLimits()) {
                ControlFile.set(
                        directories.of("hugetlb"),
                        "hugetlb." + limit.pageSize() + ".limit_in_bytes",
                        "huge page limit",
                        Long.toString(limit.limit()));
            }
        }
        if (resources.unified() != null && !resources.unified().isEmpty()) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "cannot set " + String.join(", ", resources.unified().keySet()),
                    "the host uses control groups version 1",
                    "use the options of version 1");
        }
    }

    private void memory(Memory memory) {
        boolean asked = memory.limit() != null
                || memory.swap() != null
                || memory.reservation() != null
                || memory.swappiness() != null
                || memory.disableOOMKiller() != null;
        if (!asked) {
            return;
        }
        String directory = directories.of("memory");
        Long limit = memory.limit();
        Long swap = memory.swap();
        // The limit of memory with swap may never be below that of memory.
        if (limit != null && swap != null && raises(directory, swap)) {
            ControlFile.set(directory, "memory.memsw.limit_in_bytes", "memory and swap limit", swap.toString());
            swap = null;
        }
        ControlFile.setIfAsked(directory, "memory.limit_in_bytes", "memory limit", limit);
        ControlFile.setIfAsked(directory, "memory.memsw.limit_in_bytes", "memory and swap limit", swap);
        ControlFile.setIfAsked(directory, "memory.soft_limit_in_bytes", "memory reservation", memory.reservation());
        ControlFile.setIfAsked(directory, "memory.swappiness", "memory swappiness", memory.swappiness());
        if (memory.disableOOMKiller() != null) {
            ControlFile.set(directory, "memory.oom_control", "OOM killer", memory.disableOOMKiller() ? "1" : "0");
        }
    }

    private static boolean raises(String directory, long swap) {
        long now = ControlFile.number(directory + "/memory.memsw.limit_in_bytes", Long.MAX_VALUE);
        return swap < 0 || swap > now;
    }

    private void cpu(Cpu cpu) {
        if (cpu.shares() != null
                || cpu.quota() != null
                || cpu.period() != null
                || cpu.burst() != null
                || cpu.idle() != null) {
            String directory = directories.of("cpu");
            if (cpu.shares() != null && cpu.shares() != 0) {
                ControlFile.set(
                        directory, "cpu.shares", "cpu shares", cpu.shares().toString());
            }
            quota(directory, cpu);
            ControlFile.setIfAsked(directory, "cpu.cfs_burst_us", "cpu burst", cpu.burst());
            ControlFile.setIfAsked(directory, "cpu.idle", "cpu idle", cpu.idle());
        }
        if (cpu.realtimePeriod() != null || cpu.realtimeRuntime() != null) {
            String directory = directories.of("cpu");
            ControlFile.setIfAsked(directory, "cpu.rt_period_us", "real-time period", cpu.realtimePeriod());
            ControlFile.setIfAsked(directory, "cpu.rt_runtime_us", "real-time runtime", cpu.realtimeRuntime());
        }
        if (given(cpu.cpus())) {
            ControlFile.set(directories.of("cpuset"), "cpuset.cpus", "cpuset cpus", requireNonNull(cpu.cpus()));
        }
        if (given(cpu.mems())) {
            ControlFile.set(directories.of("cpuset"), "cpuset.mems", "cpuset memory nodes", requireNonNull(cpu.mems()));
        }
    }

    /** The kernel checks quota against period on each write, so a rise of the share sets the one that allows it first. */
    private static void quota(String directory, Cpu cpu) {
        Long period = cpu.period();
        if (period != null && period != 0 && cpu.quota() != null) {
            try {
                KernelFile.write(directory + "/cpu.cfs_period_us", period.toString());
                period = null;
            } catch (dev.naru.linux.LinuxException e) {
                if (e.errno() != dev.naru.linux.Errno.EINVAL) {
                    throw ControlFile.refused("cpu.cfs_period_us", "cpu period", period.toString(), e);
                }
            }
        }
        ControlFile.setIfAsked(directory, "cpu.cfs_quota_us", "cpu quota", cpu.quota());
        if (period != null && period != 0) {
            ControlFile.set(directory, "cpu.cfs_period_us", "cpu period", period.toString());
        }
    }

    private void blockIo(BlockIo io) {
        if (io.weight() != null && io.weight() != 0) {
            String directory = directories.of("blkio");
            ControlFile.set(
                    directory,
                    weightFile(directory),
                    "block I/O weight",
                    io.weight().toString());
        }
        if (io.weightDevice() != null && !io.weightDevice().isEmpty()) {
            String directory = directories.of("blkio");
            String file = weightFile(directory) + "_device";
            for (WeightDevice device : io.weightDevice()) {
                ControlFile.set(
                        directory,
                        file,
                        "block I/O weight of a device",
                        device.major() + ":" + device.minor() + " " + device.weight());
            }
        }
        throttle("blkio.throttle.read_bps_device", "read rate", io.throttleReadBpsDevice());
        throttle("blkio.throttle.write_bps_device", "write rate", io.throttleWriteBpsDevice());
        throttle("blkio.throttle.read_iops_device", "read operations", io.throttleReadIOPSDevice());
        throttle("blkio.throttle.write_iops_device", "write operations", io.throttleWriteIOPSDevice());
    }

    private void throttle(String file, String what, @Nullable List<ThrottleDevice> devices) {
        if (devices != null && !devices.isEmpty()) {
            ControlFile.setEach(
                    directories.of("blkio"),
                    file,
                    what,
                    devices.stream()
                            .map(device -> device.major() + ":" + device.minor() + " " + device.rate())
                            .toList());
        }
    }

    /** The weight belongs to the BFQ scheduler where the older one is gone. */
    private static String weightFile(String directory) {
        return KernelFile.exists(directory + "/blkio.bfq.weight") ? "blkio.bfq.weight" : "blkio.weight";
    }

    private static boolean given(@Nullable String text) {
        return text != null && !text.isEmpty();
    }
}
