package dev.naru.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the counters of version 2, which have microseconds where this has nanoseconds. */
final class V2Usage {
    private V2Usage() {}

    static ResourceUsage read(String directory) {
        Map<String, Long> cpu = ControlFile.table(directory + "/cpu.stat");
        long pidsLimit = ControlFile.number(directory + "/pids.max", Long.MAX_VALUE);
        return new ResourceUsage(
                nanoseconds(cpu, "usage_usec"),
                nanoseconds(cpu, "user_usec"),
                nanoseconds(cpu, "system_usec"),
                List.of(),
                cpu.getOrDefault("nr_periods", 0L),
                cpu.getOrDefault("nr_throttled", 0L),
                nanoseconds(cpu, "throttled_usec"),
                ControlFile.number(directory + "/memory.current", 0),
                ControlFile.number(directory + "/memory.peak", 0),
                HostMemory.orTotal(ControlFile.number(directory + "/memory.max", Long.MAX_VALUE)),
                ControlFile.table(directory + "/memory.events").getOrDefault("max", 0L),
                ControlFile.table(directory + "/memory.stat"),
                ControlFile.number(directory + "/pids.current", 0),
                pidsLimit == Long.MAX_VALUE ? -1 : pidsLimit,
                io(directory));
    }

    private static List<ResourceUsage.IoEntry> io(String directory) {
        List<ResourceUsage.IoEntry> entries = new ArrayList<>();
        V2ControlGroup.byDevice(directory + "/io.stat").forEach((device, counters) -> {
            int colon = device.indexOf(':');
            long major = Long.parseLong(device.substring(0, colon));
            long minor = Long.parseLong(device.substring(colon + 1));
            entries.add(entry(major, minor, "read", counters, "rbytes", "rios"));
            entries.add(entry(major, minor, "write", counters, "wbytes", "wios"));
            entries.add(entry(major, minor, "discard", counters, "dbytes", "dios"));
        });
        return entries;
    }

    private static ResourceUsage.IoEntry entry(
            long major, long minor, String operation, Map<String, Long> counters, String bytes, String operations) {
        return new ResourceUsage.IoEntry(
                major, minor, operation, counters.getOrDefault(bytes, 0L), counters.getOrDefault(operations, 0L));
    }

    private static long nanoseconds(Map<String, Long> table, String microseconds) {
        return table.getOrDefault(microseconds, 0L) * 1000;
    }
}
