package dev.naru.engine;

import dev.naru.network.InterfaceStatistics;
import dev.naru.runtime.ResourceUsage;
import dev.naru.runtime.RunningContainer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a container has used until a moment.
 *
 * @param time when, nanoseconds since 1970; 0 for a container that does not run
 * @param nanoTime the same in the clock that never jumps
 * @param pid of its first process
 * @param usage what its control groups count
 * @param host what the host's processors have done
 * @param interfaces its network interfaces; null when it has none of its own
 */
record UsageSample(
        long time,
        long nanoTime,
        int pid,
        @Nullable ResourceUsage usage,
        HostProcessors host,
        @Nullable List<InterfaceStatistics> interfaces) {
    static final UsageSample NONE = new UsageSample(0, 0, 0, null, HostProcessors.NONE, null);

    static UsageSample take(ContainerRecord record, RunningContainer running) {
        boolean hostNetwork = "host".equals(record.hostConfig().networkMode());
        List<InterfaceStatistics> interfaces = hostNetwork ? List.of() : InterfaceStatistics.ofProcess(running.pid());
        return new UsageSample(
                Timestamps.now(),
                System.nanoTime(),
                running.pid(),
                running.usage(),
                HostProcessors.read(),
                interfaces.isEmpty() ? null : interfaces);
    }

    boolean taken() {
        return usage != null;
    }

    long age() {
        return System.nanoTime() - nanoTime;
    }
}
