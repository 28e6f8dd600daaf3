package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.runtime.RunningContainer;
import java.util.List;
import java.util.Map;

/** Freezes containers and lets them go on. */
final class ContainerPause {
    private final ContainerTable table;

    ContainerPause(ContainerTable table) {
        this.table = requireNonNull(table, "table");
    }

    /** @throws NaruException CONFLICT with Docker's texts */
    void pause(Container container) {
        container.lock().lock();
        try {
            RunningContainer running = container.running();
            if (container.status().phase() == Phase.PAUSED) {
                throw NaruException.conflict("Container " + container.id() + " is already paused");
            }
            if (container.status().phase() == Phase.RESTARTING) {
                throw NaruException.conflict(
                        "Container " + container.id() + " is restarting, wait until the container is running");
            }
            if (running == null) {
                throw NaruException.conflict("container " + container.id() + " is not running");
            }
            // Written first: an engine that finds PAUSED freezes it, so that it never goes on unnoticed.
            table.change(container, in(container, Phase.PAUSED), List.of());
            try {
                running.pause();
            } catch (RuntimeException failure) {
                table.change(container, in(container, Phase.RUNNING), List.of());
                throw failure;
            }
            table.tell(container, "pause", Map.of());
        } finally {
            container.lock().unlock();
        }
    }

    /** @throws NaruException INTERNAL, as Docker has it, when it is not paused */
    void unpause(Container container) {
        container.lock().lock();
        try {
            RunningContainer running = container.running();
            if (container.status().phase() != Phase.PAUSED || running == null) {
                throw new NaruException(ErrorKind.INTERNAL, "Container " + container.id() + " is not paused");
            }
            running.resume();
            table.change(container, in(container, Phase.RUNNING), List.of(Happening.of(container.record(), "unpause")));
        } finally {
            container.lock().unlock();
        }
    }

    private static ContainerStatus in(Container container, Phase phase) {
        return ContainerStatusBuilder.builder(container.status()).phase(phase).build();
    }
}
