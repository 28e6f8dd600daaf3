package dev.naru.runtime;

import dev.naru.linux.KernelFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the host has its control group hierarchies mounted, from /proc/self/mountinfo (proc(5)).
 *
 * @param controllers version 1 mount points by controller; controllers that share a hierarchy have the same one
 * @param unified the version 2 mount point
 */
record CgroupMounts(Map<String, String> controllers, Optional<String> unified) {
    /** All controllers of version 1 (kernel documentation, cgroup-v1); other super options are no controllers. */
    private static final Set<String> KNOWN = Set.of(
            "cpu",
            "cpuacct",
            "cpuset",
            "memory",
            "devices",
            "freezer",
            "blkio",
            "pids",
            "net_cls",
            "net_prio",
            "perf_event",
            "hugetlb",
            "rdma",
            "misc");

    CgroupMounts {
        controllers = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(controllers));
    }

    static CgroupMounts ofHost() {
        return parse(KernelFile.read("/proc/self/mountinfo"));
    }

    static CgroupMounts parse(String mountinfo) {
        Map<String, String> controllers = new LinkedHashMap<>();
        String unified = null;
        for (String line : mountinfo.split("\n", -1)) {
            int separator = line.indexOf(" - ");
            if (separator < 0) {
                continue;
            }
            String[] fields = line.substring(0, separator).split(" ", -1);
            String[] source = line.substring(separator + 3).split(" ", -1);
            // A bind of a part of a hierarchy (root other than "/") is somebody's view, not the place to make groups.
            if (fields.length < 5 || source.length < 3 || !fields[3].equals("/")) {
                continue;
            }
            if (source[0].equals("cgroup2") && unified == null) {
                unified = unescape(fields[4]);
            } else if (source[0].equals("cgroup")) {
                for (String option : source[2].split(",", -1)) {
                    if (KNOWN.contains(option)) {
                        controllers.putIfAbsent(option, unescape(fields[4]));
                    }
                }
            }
        }
        return new CgroupMounts(controllers, Optional.ofNullable(unified));
    }

    /** The version whose controllers limit containers here: 1 as soon as memory or pids are bound to it. */
    int version() {
        return controllers.containsKey("memory") || controllers.containsKey("pids") || unified.isEmpty() ? 1 : 2;
    }

    /** The controllers of each version 1 mount point, in the order of the mounts. */
    Map<String, List<String>> hierarchies() {
        Map<String, List<String>> hierarchies = new LinkedHashMap<>();
        controllers.forEach((controller, mount) ->
                hierarchies.computeIfAbsent(mount, ignored -> new ArrayList<>()).add(controller));
        return hierarchies;
    }

    /** The controllers that version 2 offers at its root. */
    List<String> unifiedControllers() {
        return unified.flatMap(mount -> KernelFile.readIfPresent(mount + "/cgroup.controllers"))
                .map(text -> Arrays.stream(text.strip().split(" ", -1))
                        .filter(name -> !name.isEmpty())
                        .toList())
                .orElse(List.of());
    }

    /** Blanks and backslashes are written in octal there. */
    static String unescape(String path) {
        return path.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
