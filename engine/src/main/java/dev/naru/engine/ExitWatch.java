package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.error.NaruException;
import dev.naru.linux.LinuxException;
import dev.naru.runtime.ExitRecord;
import dev.naru.runtime.RunningContainer;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Waits for the end of each running container and writes it down. */
final class ExitWatch {
    private static final System.Logger LOG = System.getLogger("naru.engine");

    private final ContainerTable table;
    private final ContainerNetworks networks;
    private final HealthChecks health;
    private final LogCompression compression;
    private final OomWatch memory;
    private final LaunchRelease release;
    private Consumer<Container> restart = container -> {};
    private Consumer<Container> remove = container -> {};
    private volatile boolean closed;

    ExitWatch(
            ContainerTable table,
            ContainerNetworks networks,
            HealthChecks health,
            LogCompression compression,
            OomWatch memory,
            LaunchRelease release) {
        this.table = requireNonNull(table, "table");
        this.networks = requireNonNull(networks, "networks");
        this.health = requireNonNull(health, "health");
        this.compression = requireNonNull(compression, "compression");
        this.memory = requireNonNull(memory, "memory");
        this.release = requireNonNull(release, "release");
    }

    /** Frees what a launch has taken of the host, such as mounted volumes. */
    interface LaunchRelease {
        void release(Container container);
    }

    /**
     * What follows an end; told once, before the first watch, because a start needs this watch itself.
     *
     * @param restart takes containers whose policy wants another start, with their lock held
     * @param remove takes containers that are removed after their end
     */
    void follow(Consumer<Container> restart, Consumer<Container> remove) {
        this.restart = requireNonNull(restart, "restart");
        this.remove = requireNonNull(remove, "remove");
    }

    /** Begins to wait for the end of a container that has just been started or found. */
    void watch(Container container, RunningContainer running) {
        health.begin(container);
        compression.begin(container);
        memory.begin(container, running);
        Thread.ofVirtual().name("naru-exit").start(() -> await(container, running));
    }

    /** Ends seen from now on belong to the next engine. */
    void close() {
        closed = true;
    }

    private void await(Container container, RunningContainer running) {
        try {
            ExitRecord exit = running.awaitExit();
            if (!closed) {
                ended(container, running, exit);
            }
        } catch (InterruptedException engineCloses) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            if (!closed) {
                LOG.log(System.Logger.Level.ERROR, "the end of container " + container.id(), failure);
            }
        }
    }

    /** Writes an end down and does what follows from it. */
    void ended(Container container, RunningContainer running, ExitRecord exit) {
        boolean removed;
        container.lock().lock();
        try {
            if (!running.equals(container.running()) || closed) {
                return;
            }
            health.end(container);
            List<Happening> happenings = happenings(container, exit, networks);
            networks.disconnect(container.status().attachments());
            boolean again = !container.restarting()
                    && container.status().phase() != Phase.REMOVING
                    && !container.status().stoppedByHand()
                    && Restarts.wanted(container.record(), container.status(), exit.code());
            container.running(null);
            compression.end(container);
            memory.end(container);
            write(container, status(container.status(), exit, again), happenings);
            Alongside clearing = Alongside.begin(() -> clear(container, running));
            container.clearing(clearing);
            container.waits().exited(exit.code());
            if (again) {
                restart.accept(container);
            }
            removed = !again
                    && !container.restarting()
                    && Values.flag(container.record().hostConfig().autoRemove());
        } finally {
            container.lock().unlock();
        }
        if (removed) {
            remove.accept(container);
        }
    }

    /** The events of an end, in order. */
    static List<Happening> happenings(Container container, ExitRecord exit, ContainerNetworks networks) {
        var all = new ArrayList<Happening>();
        // What was told when it happened is not told again.
        if (exit.oomKilled() && !container.status().oomKilled()) {
            all.add(Happening.of(container.record(), "oom"));
        }
        ContainerStatus status = container.status();
        all.addAll(networks.happenings(status.attachments(), "disconnect"));
        all.addAll(Happening.unmounts(container.record()));
        long seconds = Math.max(0, Timestamps.of(exit.finishedAt()) - status.startedAt()) / 1_000_000_000L;
        all.add(Happening.of(
                container.record(),
                "die",
                Map.of("execDuration", Long.toString(seconds), "exitCode", Integer.toString(exit.code()))));
        return all;
    }

    /** The status after an end. */
    static ContainerStatus status(ContainerStatus before, ExitRecord exit, boolean again) {
        return ContainerStatusBuilder.builder(before)
                .phase(again ? Phase.RESTARTING : Phase.EXITED)
                .pid(0)
                .startTicks(0)
                .exitCode(exit.code())
                .finishedAt(Timestamps.of(exit.finishedAt()))
                .oomKilled(exit.oomKilled() || before.oomKilled())
                .restartCount(again ? before.restartCount() + 1 : before.restartCount())
                .attachments(List.of())
                .build();
    }

    private void write(Container container, ContainerStatus status, List<Happening> happenings) {
        try {
            table.change(container, status, happenings);
        } catch (NaruException unwritten) {
            // The exit record stays on disk: the next engine reads it again and writes this then.
            container.status(status);
            LOG.log(System.Logger.Level.ERROR, "the end of container " + container.id(), unwritten);
        }
    }

    /** Frees what a launch has taken of the host. */
    void release(Container container) {
        release.release(container);
    }

    private void clear(Container container, RunningContainer running) {
        try (running) {
            running.delete();
            release(container);
        } catch (NaruException | UncheckedIOException | LinuxException failure) {
            LOG.log(System.Logger.Level.WARNING, "what remains of container " + container.id(), failure);
        }
    }
}
