package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.Execution;
import dev.naru.build.StepRunner.StepContainer;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.ContainerConfigBuilder;
import dev.naru.wire.HostConfig;
import dev.naru.wire.HostConfigBuilder;
import dev.naru.wire.LogConfig;
import dev.naru.wire.Ulimit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Describes steps of builds as containers, so that they are launched as such. */
final class StepRecords {
    /** The same in every build: a name made of an id would be in what some steps write. */
    private static final String HOSTNAME = "buildkitsandbox";

    private final HostDefaults defaults;

    StepRecords(HostDefaults defaults) {
        this.defaults = requireNonNull(defaults, "defaults");
    }

    /** How its standard streams are. */
    enum Streams {
        OUTPUT,
        BOTH,
        TERMINAL
    }

    ContainerRecord of(StepContainer step, List<ContainerMount> mounts, Streams streams) {
        Execution execution = step.execution();
        List<String> arguments = execution.arguments();
        return new ContainerRecord(
                step.id(),
                "build-" + step.id().substring(0, 12),
                Timestamps.now(),
                "",
                "",
                config(step, streams),
                defaults.fill(host(step), SecurityOptions.parse(List.of())),
                null,
                arguments.getFirst(),
                arguments.subList(1, arguments.size()),
                mounts,
                "linux");
    }

    private static ContainerConfig config(StepContainer step, Streams streams) {
        Execution execution = step.execution();
        return ContainerConfigBuilder.builder()
                .hostname(execution.hostname().isEmpty() ? HOSTNAME : execution.hostname())
                .user(execution.user())
                .env(step.environment())
                .cmd(execution.arguments())
                .workingDir(execution.workingDirectory())
                .openStdin(streams != Streams.OUTPUT)
                .stdinOnce(streams == Streams.BOTH)
                .tty(streams == Streams.TERMINAL)
                .build();
    }

    private static HostConfig host(StepContainer step) {
        Execution execution = step.execution();
        Execution.Resources limits = execution.resources();
        return HostConfigBuilder.builder()
                .networkMode(network(step))
                .extraHosts(execution.extraHosts().entrySet().stream()
                        .map(host -> host.getKey() + ":" + host.getValue())
                        .sorted()
                        .toList())
                .logConfig(new LogConfig("none", Map.of()))
                .autoRemove(true)
                .privileged(execution.security() == Execution.Security.INSECURE)
                .ulimits(execution.ulimits().stream()
                        .map(limit -> new Ulimit(limit.name(), limit.soft(), limit.hard()))
                        .toList())
                .deviceRequests(CdiRequests.of(step.devices()))
                .shmSize(set(limits.sharedMemory()))
                .memory(set(limits.memory()))
                .memorySwap(set(limits.memorySwap()))
                .cpuShares(set(limits.cpuShares()))
                .cpuPeriod(set(limits.cpuPeriod()))
                .cpuQuota(set(limits.cpuQuota()))
                .cpusetCpus(limits.cpus())
                .cpusetMems(limits.memoryNodes())
                .cgroupParent(limits.cgroupParent())
                .build();
    }

    private static @Nullable Long set(long value) {
        return value == 0 ? null : Long.valueOf(value);
    }

    private static String network(StepContainer step) {
        return switch (step.execution().network()) {
            case HOST -> "host";
            case NONE -> "none";
            case DEFAULT -> step.network().isEmpty() ? "default" : step.network();
        };
    }
}
