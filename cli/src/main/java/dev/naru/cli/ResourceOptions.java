package dev.naru.cli;

import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The limits that {@code run}, {@code create} and {@code update} share. */
final class ResourceOptions {
    private final Arguments arguments;

    ResourceOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    void apply(Map<String, @Nullable Object> to) {
        bytes(to, "memory", "Memory");
        bytes(to, "memory-reservation", "MemoryReservation");
        bytes(to, "memory-swap", "MemorySwap");
        number(to, "cpu-shares", "CpuShares");
        number(to, "cpu-period", "CpuPeriod");
        number(to, "cpu-quota", "CpuQuota");
        number(to, "cpu-rt-period", "CpuRealtimePeriod");
        number(to, "cpu-rt-runtime", "CpuRealtimeRuntime");
        number(to, "blkio-weight", "BlkioWeight");
        number(to, "pids-limit", "PidsLimit");
        text(to, "cpuset-cpus", "CpusetCpus");
        text(to, "cpuset-mems", "CpusetMems");
        String cpus = arguments.get("cpus");
        if (cpus != null) {
            try {
                to.put("NanoCpus", new BigDecimal(cpus).movePointRight(9).longValueExact());
            } catch (ArithmeticException | NumberFormatException e) {
                throw new CliException(
                        125,
                        "invalid argument \"" + cpus + "\" for \"--cpus\" flag: want a decimal with at most 9 places");
            }
        }
    }

    private void bytes(Map<String, @Nullable Object> to, String option, String field) {
        String value = arguments.get(option);
        if (value != null) {
            to.put(field, value.equals("-1") ? -1L : Units.parseSize(value));
        }
    }

    private void number(Map<String, @Nullable Object> to, String option, String field) {
        String value = arguments.get(option);
        if (value != null) {
            to.put(field, CreateBody.integer(option, value));
        }
    }

    private void text(Map<String, @Nullable Object> to, String option, String field) {
        String value = arguments.get(option);
        if (value != null) {
            to.put(field, value);
        }
    }
}
