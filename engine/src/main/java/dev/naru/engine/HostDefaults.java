package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.runtime.DefaultSpec;
import dev.naru.runtime.HostFeatures;
import dev.naru.wire.HostConfig;
import dev.naru.wire.HostConfigBuilder;
import dev.naru.wire.LogConfig;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an absent field of a host configuration means; clients see all of them in {@code docker inspect}. */
final class HostDefaults {
    /** The name of the runtime that starts containers through the engine's own monitor. */
    static final String RUNTIME = "naru";

    private final EngineConfig engine;
    private final DefaultSpec standard;
    private final boolean unified;

    HostDefaults(EngineConfig engine, HostFeatures host, boolean unified) {
        this.engine = requireNonNull(engine, "engine");
        this.standard = new DefaultSpec(host);
        this.unified = unified;
    }

    HostConfig fill(HostConfig asked, SecurityOptions security) {
        boolean open = Values.flag(asked.privileged()) || security.unconfinedPaths();
        HostConfigBuilder filled = resources(HostConfigBuilder.builder(asked), asked)
                .containerIDFile(Values.text(asked.containerIDFile()))
                .logConfig(log(asked.logConfig()))
                .networkMode(network(asked.networkMode()))
                .portBindings(asked.portBindings() == null ? null : PortSpecs.named(asked.portBindings()))
                .autoRemove(Values.flag(asked.autoRemove()))
                .volumeDriver(Values.text(asked.volumeDriver()))
                .consoleSize(asked.consoleSize() == null ? List.of(0, 0) : asked.consoleSize())
                .cgroupnsMode(cgroupNamespace(asked))
                .ipcMode(Values.text(asked.ipcMode()).isEmpty() ? "private" : asked.ipcMode())
                .cgroup(Values.text(asked.cgroup()))
                .pidMode(Values.text(asked.pidMode()))
                .utsMode(Values.text(asked.utsMode()))
                .usernsMode(Values.text(asked.usernsMode()))
                .oomScoreAdj(Values.number(asked.oomScoreAdj()))
                .privileged(Values.flag(asked.privileged()))
                .publishAllPorts(Values.flag(asked.publishAllPorts()))
                .readonlyRootfs(Values.flag(asked.readonlyRootfs()))
                .shmSize(Values.number(asked.shmSize()) == 0 ? engine.shmSize() : Values.number(asked.shmSize()))
                .securityOpt(security(asked))
                .runtime(RUNTIME)
                .isolation(Values.text(asked.isolation()));
        return filled.maskedPaths(paths(asked.maskedPaths(), open, standard.maskedPaths()))
                .readonlyPaths(paths(asked.readonlyPaths(), open, standard.readOnlyPaths()))
                .build();
    }

    private static @Nullable List<String> security(HostConfig asked) {
        boolean plain = Values.list(asked.securityOpt()).isEmpty();
        return Values.flag(asked.privileged()) && plain ? List.of("label=disable") : asked.securityOpt();
    }

    private static HostConfigBuilder resources(HostConfigBuilder filled, HostConfig asked) {
        return filled.cpuShares(Values.number(asked.cpuShares()))
                .memory(Values.number(asked.memory()))
                .nanoCpus(Values.number(asked.nanoCpus()))
                .cgroupParent(Values.text(asked.cgroupParent()))
                .blkioWeight(Values.number(asked.blkioWeight()))
                .cpuPeriod(Values.number(asked.cpuPeriod()))
                .cpuQuota(Values.number(asked.cpuQuota()))
                .cpuRealtimePeriod(Values.number(asked.cpuRealtimePeriod()))
                .cpuRealtimeRuntime(Values.number(asked.cpuRealtimeRuntime()))
                .cpusetCpus(Values.text(asked.cpusetCpus()))
                .cpusetMems(Values.text(asked.cpusetMems()))
                .memoryReservation(Values.number(asked.memoryReservation()))
                .memorySwap(swap(asked))
                .memorySwappiness(unset(asked.memorySwappiness()))
                .kernelMemoryTCP(null)
                .oomKillDisable(Values.flag(asked.oomKillDisable()))
                .pidsLimit(Values.number(asked.pidsLimit()) <= 0 ? null : asked.pidsLimit())
                .cpuCount(Values.number(asked.cpuCount()))
                .cpuPercent(Values.number(asked.cpuPercent()))
                .ioMaximumIOps(0L)
                .ioMaximumBandwidth(0L);
    }

    /** With a memory limit and nothing said about swap, as much swap again may be used. */
    private static long swap(HostConfig asked) {
        long memory = Values.number(asked.memory());
        long swap = Values.number(asked.memorySwap());
        return memory > 0 && swap == 0 ? 2 * memory : swap;
    }

    /** Older clients say -1 for "not set". */
    private static @Nullable Long unset(@Nullable Long swappiness) {
        return swappiness == null || swappiness == -1 ? null : swappiness;
    }

    private LogConfig log(@Nullable LogConfig asked) {
        String driver = asked == null ? "" : Values.text(asked.type());
        Map<String, String> options = asked == null ? Map.of() : Values.map(asked.config());
        if (driver.isEmpty() || driver.equals(engine.logDriver())) {
            var merged = new java.util.TreeMap<>(engine.logOptions());
            merged.putAll(options);
            return new LogConfig(engine.logDriver(), merged);
        }
        return new LogConfig(driver, options);
    }

    private static String network(@Nullable String asked) {
        String mode = Values.text(asked);
        return mode.isEmpty() || mode.equals("default") ? "bridge" : mode;
    }

    /** Docker's defaults: the host's with version 1, where programs look for their group below it. */
    private String cgroupNamespace(HostConfig asked) {
        String mode = Values.text(asked.cgroupnsMode());
        if (!mode.isEmpty()) {
            return mode;
        }
        return unified ? "private" : "host";
    }

    private static @Nullable List<String> paths(@Nullable List<String> asked, boolean open, List<String> otherwise) {
        if (asked != null) {
            return asked;
        }
        return open ? null : otherwise;
    }
}
