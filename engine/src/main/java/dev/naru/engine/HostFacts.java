package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.KernelFile;
import dev.naru.runtime.ControlGroups;
import dev.naru.runtime.HostFeatures;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The host as {@code docker info} describes it. */
final class HostFacts {
    private static final List<Path> OS_RELEASE = List.of(Path.of("/etc/os-release"), Path.of("/usr/lib/os-release"));
    private final HostFeatures features;

    HostFacts(HostFeatures features) {
        this.features = requireNonNull(features, "features");
    }

    HostFeatures features() {
        return features;
    }

    ControlGroups groups() {
        return features.controlGroups();
    }

    boolean memory() {
        return groups().offers("memory", "memory.limit_in_bytes");
    }

    boolean swap() {
        return groups().offers("memory", "memory.memsw.limit_in_bytes");
    }

    /** Only version 1 can limit the memory of TCP buffers. */
    boolean tcpMemory() {
        return groups().version() == 1 && groups().offers("memory", "memory.kmem.tcp.limit_in_bytes");
    }

    /** Only version 1 can switch the killer off. */
    boolean oomKillDisable() {
        return groups().version() == 1 && groups().offers("memory", "memory.oom_control");
    }

    boolean cpuPeriod() {
        return groups().offers("cpu", "cpu.cfs_period_us");
    }

    boolean cpuQuota() {
        return groups().offers("cpu", "cpu.cfs_quota_us");
    }

    boolean cpuShares() {
        return groups().offers("cpu", "cpu.shares");
    }

    boolean cpuSet() {
        return groups().offers("cpuset", "cpuset.cpus");
    }

    boolean pids() {
        return groups().controllers().contains("pids");
    }

    boolean ipForwarding() {
        return KernelFile.readIfPresent("/proc/sys/net/ipv4/ip_forward")
                .map(text -> text.strip().equals("1"))
                .orElse(false);
    }

    String hostname() {
        return KernelFile.read("/proc/sys/kernel/hostname").strip();
    }

    /** The machine as {@code uname -m} has it. */
    static String machine() {
        return System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
    }

    /** The architecture as images have it. */
    static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }

    /** What the distribution says about itself (os-release(5)). */
    static Map<String, String> distribution() {
        Map<String, String> facts = new HashMap<>();
        for (Path file : OS_RELEASE) {
            if (facts.isEmpty() && Files.exists(file)) {
                KernelFile.read(file.toString()).lines().forEach(line -> {
                    int equals = line.indexOf('=');
                    if (equals > 0) {
                        facts.put(line.substring(0, equals), unquoted(line.substring(equals + 1)));
                    }
                });
            }
        }
        return facts;
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() > 1 && (text.charAt(0) == '"' || text.charAt(0) == '\'');
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    /** The kind of file system that a directory is on, in Docker's names. */
    static String fileSystem(Path directory) {
        try {
            FileStore store = Files.getFileStore(directory);
            return store.type().matches("ext[234]") ? "extfs" : store.type();
        } catch (IOException e) {
            return "unknown";
        }
    }

    static int openDescriptors() {
        String[] names = Path.of("/proc/self/fd").toFile().list();
        return names == null ? 0 : names.length;
    }

    static int threads() {
        return KernelFile.read("/proc/self/status")
                .lines()
                .filter(line -> line.startsWith("Threads:"))
                .mapToInt(line ->
                        Integer.parseInt(line.substring("Threads:".length()).strip()))
                .findFirst()
                .orElse(0);
    }
}
