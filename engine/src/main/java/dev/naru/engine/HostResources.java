package dev.naru.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the host's kernel can limit.
 *
 * @param processors how many there are
 * @param cpus the processors that there are, as a list such as {@code 0-3}
 * @param memoryNodes the memory nodes likewise
 * @param unified whether control groups are those of version 2
 * @param blockWeight whether block devices can be weighted
 * @param swap whether swap can be limited
 * @param swappiness whether swappiness can be set for a group
 * @param oomControl whether the kernel can be kept from killing
 * @param realtime whether real-time time can be limited
 */
record HostResources(
        int processors,
        String cpus,
        String memoryNodes,
        boolean unified,
        boolean blockWeight,
        boolean swap,
        boolean swappiness,
        boolean oomControl,
        boolean realtime) {
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");

    static HostResources ofHost() {
        boolean unified = Files.exists(GROUPS.resolve("cgroup.controllers"));
        String cpus = line("/sys/devices/system/cpu/online", "0");
        return new HostResources(
                IdSet.parse(cpus).cardinality(),
                cpus,
                line("/sys/devices/system/node/online", "0"),
                unified,
                unified ? controller("io") : exists("blkio/blkio.weight") || exists("blkio/blkio.bfq.weight"),
                unified ? controller("memory") : exists("memory/memory.memsw.limit_in_bytes"),
                !unified && exists("memory/memory.swappiness"),
                !unified && exists("memory/memory.oom_control"),
                !unified && exists("cpu/cpu.rt_runtime_us"));
    }

    private static boolean exists(String file) {
        return Files.exists(GROUPS.resolve(file));
    }

    private static boolean controller(String name) {
        return (" " + line(GROUPS.resolve("cgroup.controllers").toString(), "") + " ").contains(" " + name + " ");
    }

    private static String line(String file, String otherwise) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            return otherwise;
        }
    }
}
