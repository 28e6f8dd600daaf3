package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.wire.HostConfig;
import dev.naru.wire.HostConfigBuilder;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** Checks limits against each other and against the host, with Docker's texts. */
final class ResourceCheck {
    private static final long LEAST_MEMORY = 6 << 20;
    private static final long BILLION = 1_000_000_000;

    private final HostResources host;
    private final List<String> warnings;

    ResourceCheck(HostResources host, List<String> warnings) {
        this.host = host;
        this.warnings = warnings;
    }

    /**
     * The configuration without what the host can't do and Docker only warns of.
     *
     * @param update whether these are changes to a container that exists
     */
    HostConfig check(HostConfig asked, boolean update) {
        memory(asked, update);
        processors(asked);
        sets(asked);
        windows(asked);
        return block(kernel(asked));
    }

    private static void memory(HostConfig asked, boolean update) {
        long memory = Values.number(asked.memory());
        long swap = Values.number(asked.memorySwap());
        long reservation = Values.number(asked.memoryReservation());
        if (memory != 0 && memory < LEAST_MEMORY) {
            throw NaruException.invalid("Minimum memory limit allowed is 6MB");
        }
        if (memory > 0 && swap > 0 && swap < memory) {
            throw NaruException.invalid("Minimum memoryswap limit should be larger than memory limit, see usage");
        }
        if (memory == 0 && swap > 0 && !update) {
            throw NaruException.invalid(
                    "You should always set the Memory limit when using Memoryswap limit, see usage");
        }
        Long swappiness = asked.memorySwappiness();
        if (swappiness != null && swappiness != -1 && (swappiness < 0 || swappiness > 100)) {
            throw NaruException.invalid("Invalid value: " + swappiness + ", valid memory swappiness range is 0-100");
        }
        if (reservation > 0 && reservation < LEAST_MEMORY) {
            throw NaruException.invalid("Minimum memory reservation allowed is 6MB");
        }
        if (memory > 0 && reservation > 0 && memory < reservation) {
            throw NaruException.invalid(
                    "Minimum memory limit can not be less than memory reservation limit, see usage");
        }
    }

    private void processors(HostConfig asked) {
        long nano = Values.number(asked.nanoCpus());
        long period = Values.number(asked.cpuPeriod());
        long quota = Values.number(asked.cpuQuota());
        long shares = Values.number(asked.cpuShares());
        if (nano != 0 && period != 0) {
            throw NaruException.invalid("Conflicting options: Nano CPUs and CPU Period cannot both be set");
        }
        if (nano != 0 && quota != 0) {
            throw NaruException.invalid("Conflicting options: Nano CPUs and CPU Quota cannot both be set");
        }
        if (nano < 0 || nano > host.processors() * BILLION) {
            throw NaruException.invalid(String.format(
                    Locale.ROOT,
                    "range of CPUs is from 0.01 to %d.00, as there are only %d CPUs available",
                    host.processors(),
                    host.processors()));
        }
        if (shares < 0) {
            throw NaruException.invalid("invalid CPU shares (" + shares + "): value must be a positive integer");
        }
        if (period != 0 && (period < 1000 || period > 1_000_000)) {
            throw NaruException.invalid(
                    "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
        }
        if (quota > 0 && quota < 1000) {
            throw NaruException.invalid("CPU cfs quota can not be less than 1ms (i.e. 1000)");
        }
        realtime(asked);
    }

    private void realtime(HostConfig asked) {
        long period = Values.number(asked.cpuRealtimePeriod());
        long runtime = Values.number(asked.cpuRealtimeRuntime());
        if (period == 0 && runtime == 0) {
            return;
        }
        if (!host.realtime()) {
            throw NaruException.invalid("kernel does not support CPU real-time scheduler: it has no cpu.rt_runtime_us");
        }
        if (period != 0 && runtime != 0 && runtime > period) {
            throw NaruException.invalid("cpu real-time runtime cannot be higher than cpu real-time period");
        }
    }

    private void sets(HostConfig asked) {
        set(asked.cpusetCpus(), host.cpus(), "cpuset cpus", "CPUs");
        set(asked.cpusetMems(), host.memoryNodes(), "cpuset mems", "memory nodes");
    }

    private static void set(
            @org.jspecify.annotations.Nullable String asked, String available, String option, String things) {
        String text = Values.text(asked);
        if (text.isEmpty()) {
            return;
        }
        BitSet wanted;
        try {
            wanted = IdSet.parse(text);
        } catch (IllegalArgumentException e) {
            throw NaruException.invalid("Invalid value " + text + " for " + option + ": " + e.getMessage());
        }
        wanted.andNot(IdSet.parse(available));
        if (!wanted.isEmpty()) {
            throw NaruException.invalid(
                    "Requested " + things + " are not available - requested " + text + ", available: " + available);
        }
    }

    private void windows(HostConfig asked) {
        if (Values.number(asked.ioMaximumIOps()) != 0) {
            throw NaruException.invalid("invalid option: QoS maximum IOPs configuration is not supported on linux");
        }
        if (Values.number(asked.ioMaximumBandwidth()) != 0) {
            throw NaruException.invalid(
                    "invalid option: QoS maximum bandwidth configuration is not supported on linux");
        }
        if (Values.number(asked.cpuPercent()) != 0) {
            warnings.add("linux does not support CPU percent. Percent discarded.");
        }
        if (Values.number(asked.cpuCount()) != 0) {
            warnings.add("linux does not support CPU count. Count discarded.");
        }
    }

    private HostConfig kernel(HostConfig asked) {
        HostConfigBuilder kept = HostConfigBuilder.builder(asked).cpuPercent(0L).cpuCount(0L);
        long swap = Values.number(asked.memorySwap());
        if (Values.number(asked.memory()) > 0 && swap != -1 && !host.swap()) {
            warnings.add("Your kernel does not support swap limit capabilities or the cgroup is not mounted."
                    + " Memory limited without swap.");
            kept.memorySwap(-1L);
        }
        Long swappiness = asked.memorySwappiness();
        if (swappiness != null && swappiness != -1 && !host.swappiness()) {
            warnings.add("Your kernel does not support memory swappiness capabilities or the cgroup is not mounted."
                    + " Memory swappiness discarded.");
            kept.memorySwappiness(null);
        }
        if (Values.flag(asked.oomKillDisable())) {
            if (!host.oomControl()) {
                warnings.add("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
                kept.oomKillDisable(null);
            } else if (Values.number(asked.memory()) == 0) {
                warnings.add("OOM killer is disabled for the container, but no memory limit is set, this can result"
                        + " in the system running out of resources.");
            }
        }
        if (Values.number(asked.kernelMemoryTCP()) != 0) {
            warnings.add("Specifying a kernel memory TCP limit is deprecated by the kernel."
                    + " Kernel memory TCP limit discarded.");
            kept.kernelMemoryTCP(0L);
        }
        return kept.build();
    }

    private HostConfig block(HostConfig asked) {
        int weight = Values.number(asked.blkioWeight());
        HostConfigBuilder kept = HostConfigBuilder.builder(asked);
        if (weight != 0 && !host.blockWeight()) {
            warnings.add(
                    "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.");
            kept.blkioWeight(0);
        } else if (weight != 0 && (weight < 10 || weight > 1000)) {
            throw NaruException.invalid("Range of blkio weight is from 10 to 1000");
        }
        if (!Values.list(asked.blkioWeightDevice()).isEmpty() && !host.blockWeight()) {
            warnings.add("Your kernel does not support Block I/O weight_device or the cgroup is not mounted."
                    + " Weight-device discarded.");
            kept.blkioWeightDevice(List.of());
        }
        return kept.build();
    }
}
