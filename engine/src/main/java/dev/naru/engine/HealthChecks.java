package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.error.NaruException;
import dev.naru.wire.HealthcheckResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks the health of running containers; one that asks for no checks costs nothing. */
final class HealthChecks {
    private static final System.Logger LOG = System.getLogger("naru.engine");
    private static final int RESULTS_KEPT = 5;
    private static final String STARTING = "starting";

    private final ContainerTable table;
    private final HealthCommand command;

    HealthChecks(ContainerTable table, HealthCommand command) {
        this.table = requireNonNull(table, "table");
        this.command = requireNonNull(command, "command");
    }

    /** Begins the checks of a container that has just been started or found. */
    void begin(Container container) {
        HealthProbe probe = HealthProbe.of(container.record());
        if (probe == null) {
            return;
        }
        long run = container.status().startedAt();
        HealthStatus known = container.health();
        if (known == null || known.run() != run) {
            // What is known of this very run was found by an engine that died meanwhile, and goes on.
            container.health(new HealthStatus(run, STARTING, 0, List.of()));
        }
        Thread checks = Thread.ofVirtual().name("naru-health").unstarted(() -> check(container, probe));
        container.monitor(checks);
        checks.start();
    }

    /** Ends them. */
    void end(Container container) {
        Thread checks = container.monitor();
        container.monitor(null);
        if (checks != null) {
            checks.interrupt();
        }
    }

    private void check(Container container, HealthProbe probe) {
        try {
            while (Thread.currentThread().equals(container.monitor())) {
                Thread.sleep(inStartPeriod(container, probe) ? probe.startInterval() : probe.interval());
                if (container.status().phase() == Phase.RUNNING) {
                    checkOnce(container, probe);
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void checkOnce(Container container, HealthProbe probe) throws InterruptedException {
        try {
            HealthcheckResult result = command.run(container, probe);
            if (Thread.currentThread().equals(container.monitor())) {
                judge(container, probe, result);
            }
        } catch (NaruException failure) {
            if (container.running() == null) {
                // The container ended under the check; its end is told elsewhere.
                container.monitor(null);
            } else {
                LOG.log(System.Logger.Level.WARNING, "health check of container " + container.id(), failure);
            }
        }
    }

    private static boolean inStartPeriod(Container container, HealthProbe probe) {
        HealthStatus health = container.health();
        return health != null && health.state().equals(STARTING) && !elapsed(container, probe.startPeriod());
    }

    private static boolean elapsed(Container container, Duration period) {
        return Timestamps.now() - container.status().startedAt() >= period.toNanos();
    }

    private void judge(Container container, HealthProbe probe, HealthcheckResult result) {
        HealthStatus before = container.health();
        if (before == null) {
            return;
        }
        boolean healthy = Values.number(result.exitCode()) == 0;
        boolean counts = !before.state().equals(STARTING) || elapsed(container, probe.startPeriod());
        int streak = healthy ? 0 : before.failingStreak() + (counts ? 1 : 0);
        String state = healthy ? "healthy" : streak >= probe.retries() ? "unhealthy" : before.state();
        var log = new ArrayList<>(before.log());
        log.add(result);
        var after = new HealthStatus(
                before.run(), state, streak, log.subList(Math.max(0, log.size() - RESULTS_KEPT), log.size()));
        table.change(
                container,
                after,
                state.equals(before.state())
                        ? List.of()
                        : List.of(Happening.of(container.record(), "health_status: " + state)));
    }
}
