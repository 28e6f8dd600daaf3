package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.error.NaruException;
import dev.naru.wire.RestartPolicy;
import java.time.Duration;
import java.util.List;

/** Starts containers again as their policies say: at once at first, then after twice as long each time. */
final class Restarts {
    private static final System.Logger LOG = System.getLogger("naru.engine");
    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 60_000;
    private static final long LONG_RUN_NANOS = 10_000_000_000L;

    private final ContainerTable table;
    private final ContainerStart starter;

    Restarts(ContainerTable table, ContainerStart starter) {
        this.table = requireNonNull(table, "table");
        this.starter = requireNonNull(starter, "starter");
    }

    /** Whether the policy wants another start after an end with this exit code. */
    static boolean wanted(ContainerRecord container, ContainerStatus status, int exitCode) {
        RestartPolicy policy = container.hostConfig().restartPolicy();
        if (policy == null) {
            return false;
        }
        return switch (Values.text(policy.name())) {
            case "always" -> true;
            case "unless-stopped" -> !status.stoppedByHand();
            case "on-failure" -> {
                int most = Values.number(policy.maximumRetryCount());
                yield exitCode != 0 && (most == 0 || status.restartCount() < most);
            }
            default -> false;
        };
    }

    /** Sets the clock for the next start of a container that is RESTARTING. The caller holds its lock. */
    void schedule(Container container) {
        ContainerStatus status = container.status();
        boolean ranLong = status.finishedAt() - status.startedAt() >= LONG_RUN_NANOS;
        long before = container.backoffMillis();
        long delay = ranLong || before == 0 ? FIRST_MILLIS : Math.min(LONGEST_MILLIS, before * 2);
        container.backoffMillis(delay);
        Thread timer = Thread.ofVirtual().name("naru-restart").unstarted(() -> restart(container, delay));
        container.timer(timer);
        timer.start();
    }

    private void restart(Container container, long delay) {
        try {
            Thread.sleep(Duration.ofMillis(delay));
        } catch (InterruptedException cancelled) {
            return;
        }
        container.lock().lock();
        try {
            if (Thread.currentThread().equals(container.timer())
                    && container.status().phase() == Phase.RESTARTING) {
                container.timer(null);
                starter.again(container);
            }
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "container " + container.id() + " is not started again", failure);
        } finally {
            container.lock().unlock();
        }
    }

    /** Calls a scheduled start off; the container is EXITED then. The caller holds its lock. */
    void cancel(Container container, boolean byHand) {
        Thread timer = container.timer();
        container.timer(null);
        if (timer != null) {
            timer.interrupt();
        }
        ContainerStatus exited = ContainerStatusBuilder.builder(container.status())
                .phase(Phase.EXITED)
                .stoppedByHand(byHand || container.status().stoppedByHand())
                .build();
        table.change(container, exited, List.of());
    }
}
