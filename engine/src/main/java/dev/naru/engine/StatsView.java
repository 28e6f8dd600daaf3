package dev.naru.engine;

import dev.naru.network.InterfaceStatistics;
import dev.naru.runtime.ResourceUsage;
import dev.naru.runtime.ResourceUsage.IoEntry;
import dev.naru.wire.ContainerBlkioStatEntry;
import dev.naru.wire.ContainerBlkioStats;
import dev.naru.wire.ContainerCPUStats;
import dev.naru.wire.ContainerCPUUsage;
import dev.naru.wire.ContainerMemoryStats;
import dev.naru.wire.ContainerNetworkStats;
import dev.naru.wire.ContainerPidsStats;
import dev.naru.wire.ContainerStatsResponse;
import dev.naru.wire.ContainerStorageStats;
import dev.naru.wire.ContainerThrottlingData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Two samples as the API shows them. */
final class StatsView {
    private static final ContainerThrottlingData NO_THROTTLING = new ContainerThrottlingData(0L, 0L, 0L);

    private StatsView() {}

    static ContainerStatsResponse of(ContainerRecord record, UsageSample before, UsageSample now) {
        ResourceUsage usage = now.usage();
        return new ContainerStatsResponse(
                "/" + record.name(),
                record.id(),
                Timestamps.text(now.time()),
                Timestamps.text(before.time()),
                usage == null ? new ContainerPidsStats(null, null) : pids(usage),
                usage == null ? noIo() : io(usage),
                0,
                new ContainerStorageStats(null, null, null, null),
                processor(now),
                processor(before),
                usage == null ? noMemory() : memory(usage),
                networks(now.interfaces()));
    }

    private static ContainerPidsStats pids(ResourceUsage usage) {
        return new ContainerPidsStats(usage.pids(), usage.pidsLimit() < 0 ? null : usage.pidsLimit());
    }

    private static ContainerCPUStats processor(UsageSample sample) {
        ResourceUsage usage = sample.usage();
        if (usage == null) {
            return new ContainerCPUStats(new ContainerCPUUsage(0L, null, 0L, 0L), null, null, NO_THROTTLING);
        }
        return new ContainerCPUStats(
                new ContainerCPUUsage(
                        usage.cpuTotal(),
                        usage.perCpu().isEmpty() ? null : usage.perCpu(),
                        usage.cpuSystem(),
                        usage.cpuUser()),
                sample.host().time(),
                sample.host().online(),
                new ContainerThrottlingData(usage.periods(), usage.throttledPeriods(), usage.throttledTime()));
    }

    private static ContainerMemoryStats memory(ResourceUsage usage) {
        return new ContainerMemoryStats(
                usage.memoryUsage(),
                usage.memoryMaxUsage() == 0 ? null : usage.memoryMaxUsage(),
                usage.memoryStat(),
                usage.memoryFailures() == 0 ? null : usage.memoryFailures(),
                usage.memoryLimit(),
                null,
                null,
                null);
    }

    private static ContainerMemoryStats noMemory() {
        return new ContainerMemoryStats(null, null, null, null, null, null, null, null);
    }

    private static ContainerBlkioStats io(ResourceUsage usage) {
        List<ContainerBlkioStatEntry> none = List.of();
        return new ContainerBlkioStats(
                entries(usage.io(), IoEntry::bytes),
                entries(usage.io(), IoEntry::operations),
                none,
                none,
                none,
                none,
                none,
                none);
    }

    private static ContainerBlkioStats noIo() {
        return new ContainerBlkioStats(null, null, null, null, null, null, null, null);
    }

    private static List<ContainerBlkioStatEntry> entries(List<IoEntry> io, ToLongFunction<IoEntry> value) {
        return io.stream()
                .map(entry -> new ContainerBlkioStatEntry(
                        entry.major(), entry.minor(), entry.operation(), value.applyAsLong(entry)))
                .toList();
    }

    private static @Nullable Map<String, ContainerNetworkStats> networks(
            @Nullable List<InterfaceStatistics> interfaces) {
        if (interfaces == null) {
            return null;
        }
        Map<String, ContainerNetworkStats> networks = new LinkedHashMap<>();
        for (InterfaceStatistics each : interfaces) {
            networks.put(
                    each.name(),
                    new ContainerNetworkStats(
                            each.rxBytes(),
                            each.rxPackets(),
                            each.rxErrors(),
                            each.rxDropped(),
                            each.txBytes(),
                            each.txPackets(),
                            each.txErrors(),
                            each.txDropped(),
                            null,
                            null));
        }
        return networks;
    }
}
