package dev.naru.runtime;

import java.util.List;
import java.util.Map;

/**
 * What a container has used, as its control groups count it; times in nanoseconds, sizes in bytes.
 *
 * @param cpuTotal processor time of all tasks
 * @param cpuUser of it in user mode
 * @param cpuSystem of it in the kernel
 * @param perCpu of it by processor; empty where the kernel does not count it (v2)
 * @param periods enforcement periods that passed
 * @param throttledPeriods of them those in which the limit was hit
 * @param throttledTime how long tasks were held back
 * @param memoryUsage memory now, page cache included
 * @param memoryMaxUsage the most there was; 0 where it is not counted
 * @param memoryLimit the limit; the host's memory when there is none
 * @param memoryFailures how often the limit was hit
 * @param memoryStat the controller's own statistics, by the kernel's names
 * @param pids tasks now
 * @param pidsLimit how many there may be, -1 for any number
 * @param io bytes and operations by device
 */
public record ResourceUsage(
        long cpuTotal,
        long cpuUser,
        long cpuSystem,
        List<Long> perCpu,
        long periods,
        long throttledPeriods,
        long throttledTime,
        long memoryUsage,
        long memoryMaxUsage,
        long memoryLimit,
        long memoryFailures,
        Map<String, Long> memoryStat,
        long pids,
        long pidsLimit,
        List<IoEntry> io) {
    public ResourceUsage {
        perCpu = List.copyOf(perCpu);
        memoryStat = Map.copyOf(memoryStat);
        io = List.copyOf(io);
    }

    /**
     * Input and output of one block device.
     *
     * @param operation read, write, and where the kernel has them sync, async, discard
     */
    public record IoEntry(long major, long minor, String operation, long bytes, long operations) {}
}
