package dev.naru.engine;

import dev.naru.wire.HealthConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a container's health is checked, with Docker's defaults.
 *
 * @param command the program and its arguments
 * @param startPeriod how long failures after the start don't count
 * @param startInterval time between checks in that period
 * @param retries failures in a row that make it unhealthy
 */
record HealthProbe(
        List<String> command,
        Duration interval,
        Duration timeout,
        Duration startPeriod,
        Duration startInterval,
        int retries) {
    private static final List<String> SHELL = List.of("/bin/sh", "-c");

    HealthProbe {
        command = List.copyOf(command);
    }

    /** Null when the container is not checked. */
    static @Nullable HealthProbe of(ContainerRecord container) {
        HealthConfig health = container.config().healthcheck();
        List<String> test = health == null ? List.of() : Values.list(health.test());
        if (health == null || test.isEmpty() || test.getFirst().equals("NONE")) {
            return null;
        }
        List<String> rest = test.subList(1, test.size());
        return new HealthProbe(
                test.getFirst().equals("CMD-SHELL") ? shell(container, rest) : rest,
                duration(health.interval(), 30),
                duration(health.timeout(), 30),
                duration(health.startPeriod(), 0),
                duration(health.startInterval(), 5),
                Values.number(health.retries()) == 0 ? 3 : Values.number(health.retries()));
    }

    private static List<String> shell(ContainerRecord container, List<String> script) {
        List<String> own = Values.list(container.config().shell());
        var command = new ArrayList<>(own.isEmpty() ? SHELL : own);
        command.addAll(script);
        return command;
    }

    private static Duration duration(@Nullable Long nanoseconds, int otherwiseSeconds) {
        long asked = Values.number(nanoseconds);
        return asked == 0 ? Duration.ofSeconds(otherwiseSeconds) : Duration.ofNanos(asked);
    }
}
