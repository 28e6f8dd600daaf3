package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.engine.ExitWaits.Condition;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.runtime.RunningContainer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Ends containers: by the signal they ask for, then by the one that none survives. */
final class ContainerStop {
    private static final int SIGTERM = 15;
    private static final int SIGKILL = 9;
    private static final int KILL_PATIENCE_SECONDS = 10;

    private final ContainerTable table;
    private final ContainerStart starter;
    private final Restarts restarts;
    private final int defaultTimeout;

    /** @param defaultTimeout seconds between the signal and the kill when neither client nor container says */
    ContainerStop(ContainerTable table, ContainerStart starter, Restarts restarts, int defaultTimeout) {
        this.table = requireNonNull(table, "table");
        this.starter = requireNonNull(starter, "starter");
        this.restarts = requireNonNull(restarts, "restarts");
        this.defaultTimeout = defaultTimeout;
    }

    /** @throws NaruException NOT_MODIFIED when it does not run */
    void stop(Container container, @Nullable String signal, @Nullable Integer timeout) {
        if (!end(container, signal, timeout)) {
            throw new NaruException(ErrorKind.NOT_MODIFIED, "container " + container.id() + " is not running");
        }
    }

    /** Stops it when it runs, and starts it. */
    void restart(Container container, @Nullable String signal, @Nullable Integer timeout) {
        container.restarting(true);
        try {
            end(container, signal, timeout);
            try {
                starter.byHand(container);
            } catch (NaruException failure) {
                if (failure.kind() != ErrorKind.NOT_MODIFIED) {
                    throw failure;
                }
            }
        } finally {
            container.restarting(false);
        }
        table.tell(container, "restart", Map.of());
    }

    /** Whether there was something to end. */
    private boolean end(Container container, @Nullable String signal, @Nullable Integer timeout) {
        int number = signal == null || signal.isEmpty() ? stopSignal(container.record()) : SignalNames.parse(signal);
        if (calledOff(container)) {
            table.tell(container, "stop", Map.of());
            return true;
        }
        try (ExitWaits.Registration wait = begin(container, number)) {
            if (wait != null) {
                await(container, wait, timeout == null ? timeout(container.record()) : timeout);
                table.tell(container, "stop", Map.of());
            }
            return wait != null;
        }
    }

    /** Ends one that waits for its next start by policy. */
    private boolean calledOff(Container container) {
        container.lock().lock();
        try {
            boolean waits = container.status().phase() == Phase.RESTARTING;
            if (waits) {
                restarts.cancel(container, !container.restarting());
            }
            return waits;
        } finally {
            container.lock().unlock();
        }
    }

    /** Sends the signal and registers for the end, which is null when it does not run. */
    private ExitWaits.@Nullable Registration begin(Container container, int signal) {
        container.lock().lock();
        try {
            RunningContainer running = container.running();
            if (running == null || !container.status().phase().alive()) {
                return null;
            }
            ExitWaits.Registration wait = container.waits().register(Condition.NEXT_EXIT);
            try {
                send(container, running, signal, true);
            } catch (RuntimeException failure) {
                wait.close();
                throw failure;
            }
            return wait;
        } finally {
            container.lock().unlock();
        }
    }

    private void await(Container container, ExitWaits.Registration wait, int timeout) {
        try {
            if (timeout < 0) {
                wait.await();
                return;
            }
            if (!wait.await(timeout, TimeUnit.SECONDS)) {
                kill(container, wait);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new NaruException(ErrorKind.UNAVAILABLE, "cannot stop container: interrupted");
        }
    }

    private void kill(Container container, ExitWaits.Registration wait) throws InterruptedException {
        container.lock().lock();
        try {
            RunningContainer running = container.running();
            if (running != null && container.status().phase().alive()) {
                send(container, running, SIGKILL, true);
            }
        } finally {
            container.lock().unlock();
        }
        if (!wait.await(KILL_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new NaruException(
                    ErrorKind.INTERNAL,
                    "cannot stop container: " + container.record().name(),
                    "tried to kill container, but did not receive an exit event",
                    null);
        }
    }

    /**
     * Sends a client's signal; one that kills for certain is waited for.
     *
     * @throws NaruException CONFLICT with Docker's text when it does not run
     */
    void kill(Container container, String shown, @Nullable String signal) {
        int number;
        try {
            number = signal == null || signal.isEmpty() ? SIGKILL : SignalNames.parse(signal);
        } catch (NaruException unknown) {
            throw NaruException.because(unknown.kind(), "cannot kill container: " + shown, unknown);
        }
        ExitWaits.Registration wait = null;
        container.lock().lock();
        try {
            RunningContainer running = container.running();
            if (running == null || !container.status().phase().alive()) {
                refuseKill(container, shown);
                return;
            }
            wait = number == SIGKILL ? container.waits().register(Condition.NEXT_EXIT) : null;
            send(container, running, number, number == SIGKILL || number == stopSignal(container.record()));
        } finally {
            container.lock().unlock();
        }
        if (wait != null) {
            awaitKill(wait);
        }
    }

    private void refuseKill(Container container, String shown) {
        if (container.status().phase() == Phase.RESTARTING) {
            restarts.cancel(container, true);
            return;
        }
        throw new NaruException(
                ErrorKind.CONFLICT,
                "cannot kill container: " + shown,
                "container " + container.id() + " is not running",
                null);
    }

    private static void awaitKill(ExitWaits.Registration wait) {
        try (wait) {
            wait.await(KILL_PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills it for its removal and waits for the end. */
    void killForRemoval(Container container) {
        try {
            kill(container, container.record().name(), null);
        } catch (NaruException failure) {
            if (failure.kind() != ErrorKind.CONFLICT) {
                throw failure;
            }
        }
    }

    /** Says in the record first that the end is wanted, so that no policy of any engine starts it again. */
    private void send(Container container, RunningContainer running, int signal, boolean ends) {
        ContainerStatus status = container.status();
        ContainerStatus next = ContainerStatusBuilder.builder(status)
                .stoppedByHand(status.stoppedByHand() || (ends && !container.restarting()))
                .phase(ends ? Phase.RUNNING : status.phase())
                .build();
        table.change(
                container,
                next,
                List.of(Happening.of(container.record(), "kill", Map.of("signal", Integer.toString(signal)))));
        running.signal(signal);
        if (ends && status.phase() == Phase.PAUSED) {
            running.resume();
        }
    }

    private static int stopSignal(ContainerRecord container) {
        String signal = Values.text(container.config().stopSignal());
        return signal.isEmpty() ? SIGTERM : SignalNames.parse(signal);
    }

    private int timeout(ContainerRecord container) {
        Integer own = container.config().stopTimeout();
        return own == null ? defaultTimeout : own;
    }
}
