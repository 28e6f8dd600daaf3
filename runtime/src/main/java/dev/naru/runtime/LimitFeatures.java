package dev.naru.runtime;

import dev.naru.linux.KernelFile;
import java.util.Set;

/**
 * Which limits the host's control groups can set; what they cannot is refused when a container asks for it.
 *
 * @param memory memory limits
 * @param swap limits of memory and swap together
 * @param swappiness a tendency to swap of its own
 * @param oomKillSwitch whether the OOM killer can be switched off
 * @param cpuShares weights
 * @param cpuQuota hard limits of processor time
 * @param cpuSet choice of processors and memory nodes
 * @param pids limits of tasks
 * @param ioWeight weights of block input and output
 * @param ioThrottle hard limits of it
 * @param devices device rules
 */
public record LimitFeatures(
        boolean memory,
        boolean swap,
        boolean swappiness,
        boolean oomKillSwitch,
        boolean cpuShares,
        boolean cpuQuota,
        boolean cpuSet,
        boolean pids,
        boolean ioWeight,
        boolean ioThrottle,
        boolean devices) {
    static LimitFeatures of(CgroupMounts mounts, int version) {
        return version == 1 ? ofVersion1(mounts) : ofVersion2(mounts);
    }

    private static LimitFeatures ofVersion1(CgroupMounts mounts) {
        return new LimitFeatures(
                has(mounts, "memory", "memory.limit_in_bytes"),
                has(mounts, "memory", "memory.memsw.limit_in_bytes"),
                has(mounts, "memory", "memory.swappiness"),
                has(mounts, "memory", "memory.oom_control"),
                has(mounts, "cpu", "cpu.shares"),
                has(mounts, "cpu", "cpu.cfs_quota_us"),
                has(mounts, "cpuset", "cpuset.cpus"),
                mounts.controllers().containsKey("pids"),
                // BFQ's weight is in every group but the root.
                has(mounts, "blkio", "blkio.weight") || has(mounts, "blkio", "blkio.bfq.io_serviced"),
                has(mounts, "blkio", "blkio.throttle.read_bps_device"),
                has(mounts, "devices", "devices.allow"));
    }

    private static LimitFeatures ofVersion2(CgroupMounts mounts) {
        Set<String> controllers = Set.copyOf(mounts.unifiedControllers());
        boolean memory = controllers.contains("memory");
        boolean cpu = controllers.contains("cpu");
        boolean io = controllers.contains("io");
        return new LimitFeatures(
                memory,
                memory,
                false,
                false,
                cpu,
                cpu,
                controllers.contains("cpuset"),
                controllers.contains("pids"),
                io,
                io,
                true);
    }

    private static boolean has(CgroupMounts mounts, String controller, String file) {
        String mount = mounts.controllers().get(controller);
        return mount != null && KernelFile.exists(mount + '/' + file);
    }
}
