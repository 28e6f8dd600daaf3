package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.runtime.RunningContainer;

/** What waits for containers in this process; closing ends the waiting and leaves the containers alone. */
final class Timers implements AutoCloseable {
    private final ContainerTable table;
    private final ExitWatch exits;
    private final HealthChecks health;

    Timers(ContainerTable table, ExitWatch exits, HealthChecks health) {
        this.table = requireNonNull(table, "table");
        this.exits = requireNonNull(exits, "exits");
        this.health = requireNonNull(health, "health");
    }

    @Override
    public void close() {
        exits.close();
        for (Container container : table.all()) {
            container.lock().lock();
            try {
                close(container);
            } finally {
                container.lock().unlock();
            }
        }
    }

    private void close(Container container) {
        health.end(container);
        Thread timer = container.timer();
        if (timer != null) {
            timer.interrupt();
        }
        container.held().forEach(HeldAttachment::abandon);
        container.held().clear();
        RunningContainer running = container.running();
        if (running != null) {
            running.close();
        }
    }
}
