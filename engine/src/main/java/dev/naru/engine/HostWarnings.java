package dev.naru.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the host lacks, in the words that {@code docker info} prints below everything else. */
final class HostWarnings {
    private HostWarnings() {}

    /** Null without any, as Docker answers. */
    static @Nullable List<String> of(HostFacts host) {
        List<String> warnings = new ArrayList<>();
        boolean first = host.groups().version() == 1;
        lacking(warnings, host.memory(), "memory limit");
        lacking(warnings, host.swap(), "swap limit");
        lacking(warnings, !first || host.tcpMemory(), "kernel memory TCP limit");
        lacking(warnings, !first || host.oomKillDisable(), "oom kill disable");
        lacking(warnings, host.cpuQuota(), "cpu cfs quota");
        lacking(warnings, host.cpuPeriod(), "cpu cfs period");
        lacking(warnings, host.cpuShares(), "cpu shares");
        lacking(warnings, host.cpuSet(), "cpuset");
        lacking(warnings, host.pids(), "pids limit");
        if (!host.ipForwarding()) {
            warnings.add("WARNING: IPv4 forwarding is disabled");
        }
        return warnings.isEmpty() ? null : warnings;
    }

    private static void lacking(List<String> warnings, boolean there, String what) {
        if (!there) {
            warnings.add("WARNING: No " + what + " support");
        }
    }
}
