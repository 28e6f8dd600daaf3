package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.KernelFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads the counters of version 1. */
final class V1Usage {
    private final V1ControlGroup.OptionalDirectories directories;

    V1Usage(V1ControlGroup.OptionalDirectories directories) {
        this.directories = requireNonNull(directories, "directories");
    }

    ResourceUsage read() {
        Map<String, Long> cpu = ControlFile.table(file("cpu", "cpu.stat"));
        return new ResourceUsage(
                ControlFile.number(file("cpuacct", "cpuacct.usage"), 0),
                ControlFile.number(file("cpuacct", "cpuacct.usage_user"), 0),
                ControlFile.number(file("cpuacct", "cpuacct.usage_sys"), 0),
                ControlFile.numbers(file("cpuacct", "cpuacct.usage_percpu")),
                cpu.getOrDefault("nr_periods", 0L),
                cpu.getOrDefault("nr_throttled", 0L),
                cpu.getOrDefault("throttled_time", 0L),
                ControlFile.number(file("memory", "memory.usage_in_bytes"), 0),
                ControlFile.number(file("memory", "memory.max_usage_in_bytes"), 0),
                HostMemory.orTotal(ControlFile.number(file("memory", "memory.limit_in_bytes"), Long.MAX_VALUE)),
                ControlFile.number(file("memory", "memory.failcnt"), 0),
                ControlFile.table(file("memory", "memory.stat")),
                ControlFile.number(file("pids", "pids.current"), 0),
                pidsLimit(),
                io());
    }

    private long pidsLimit() {
        long limit = ControlFile.number(file("pids", "pids.max"), Long.MAX_VALUE);
        return limit == Long.MAX_VALUE ? -1 : limit;
    }

    private List<ResourceUsage.IoEntry> io() {
        Map<String, Long> operations = ioTable("blkio.throttle.io_serviced_recursive");
        List<ResourceUsage.IoEntry> entries = new ArrayList<>();
        ioTable("blkio.throttle.io_service_bytes_recursive").forEach((key, bytes) -> {
            String[] parts = key.split("[: ]", -1);
            entries.add(new ResourceUsage.IoEntry(
                    Long.parseLong(parts[0]),
                    Long.parseLong(parts[1]),
                    parts[2].toLowerCase(Locale.ROOT),
                    bytes,
                    operations.getOrDefault(key, 0L)));
        });
        return entries;
    }

    /** Lines "8:0 Read 4096"; the sum over all devices at the end has no device and is left out. */
    private Map<String, Long> ioTable(String name) {
        Map<String, Long> table = new LinkedHashMap<>();
        for (String line :
                KernelFile.readIfPresent(file("blkio", name)).orElse("").split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            if (fields.length == 3 && !fields[1].equals("Total")) {
                table.put(fields[0] + " " + fields[1], Long.parseLong(fields[2]));
            }
        }
        return table;
    }

    private String file(String controller, String name) {
        return directories
                .of(controller)
                .map(directory -> directory + "/" + name)
                .orElse("/nonexistent");
    }
}
