package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.error.NaruException;
import dev.naru.runtime.ContainerRuntime;
import dev.naru.runtime.ExitRecord;
import dev.naru.runtime.RunningContainer;
import dev.naru.volume.Volumes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * What an engine does before it serves: takes over what runs, writes down what ended meanwhile, finishes or undoes what
 * an earlier engine had begun, and starts what its policy wants running.
 */
final class Recovery {
    private static final System.Logger LOG = System.getLogger("naru.engine");
    /** Docker's exit code for a container that vanished with its host. */
    private static final int VANISHED = 255;

    private final ContainerTable table;
    private final ContainerRuntime runtime;
    private final ContainerPaths paths;
    private final ContainerNetworks networks;
    private final ExitWatch exits;
    private final ContainerRemoval removal;
    private final Leftovers leftovers;
    private final KernelLeftovers kernel;
    private final Volumes volumes;
    private final ConcurrentLinkedQueue<Container> ended = new ConcurrentLinkedQueue<>();

    Recovery(
            ContainerTable table,
            ContainerRuntime runtime,
            ContainerPaths paths,
            ContainerNetworks networks,
            ExitWatch exits,
            ContainerRemoval removal,
            Leftovers leftovers,
            KernelLeftovers kernel,
            Volumes volumes) {
        this.table = requireNonNull(table, "table");
        this.runtime = requireNonNull(runtime, "runtime");
        this.paths = requireNonNull(paths, "paths");
        this.networks = requireNonNull(networks, "networks");
        this.exits = requireNonNull(exits, "exits");
        this.removal = requireNonNull(removal, "removal");
        this.leftovers = requireNonNull(leftovers, "leftovers");
        this.kernel = requireNonNull(kernel, "kernel");
        this.volumes = requireNonNull(volumes, "volumes");
    }

    /** Brings records and kernel together; returns when what clients see is true again. */
    void run() {
        inParallel(table.in(Phase.STARTING, Phase.RUNNING, Phase.PAUSED), this::settle);
        networks.takeOver(List.copyOf(table.all()));
        inParallel(table.in(Phase.REMOVING), removal::automatic);
        inParallel(table.in(Phase.CREATED, Phase.EXITED), this::removeIfDisposable);
        sweep();
    }

    /** The containers that policies want started now; those that depend on others come last. */
    List<Container> wanted() {
        var first = new ArrayList<Container>();
        var last = new ArrayList<Container>();
        for (Container container : table.in(Phase.EXITED, Phase.RESTARTING)) {
            ContainerStatus status = container.status();
            boolean wanted = status.phase() == Phase.RESTARTING || isWanted(container, status);
            if (wanted) {
                (dependsOnAnother(container.record()) ? last : first).add(container);
            }
        }
        first.addAll(last);
        return first;
    }

    private boolean isWanted(Container container, ContainerStatus status) {
        boolean endedByHand = ended.contains(container) && status.stoppedByHand();
        return status.startedAt() != 0
                && !endedByHand
                && Restarts.wanted(container.record(), status, status.exitCode());
    }

    private static boolean dependsOnAnother(ContainerRecord container) {
        String modes = Values.text(container.hostConfig().networkMode())
                + Values.text(container.hostConfig().pidMode())
                + Values.text(container.hostConfig().ipcMode());
        return modes.contains("container:")
                || !Values.list(container.hostConfig().links()).isEmpty();
    }

    private static void inParallel(List<Container> containers, Consumer<Container> work) {
        if (containers.isEmpty()) {
            return;
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Container container : containers) {
                threads.execute(() -> guarded(container, work));
            }
        }
    }

    private static void guarded(Container container, Consumer<Container> work) {
        try {
            work.accept(container);
        } catch (RuntimeException failure) {
            LOG.log(System.Logger.Level.ERROR, "cannot recover container " + container.id(), failure);
        }
    }

    private void settle(Container container) {
        Optional<RunningContainer> found =
                runtime.adopt(container.id(), paths.state(container.id()), paths.record(container.id()));
        Optional<ExitRecord> exit = found.flatMap(RunningContainer::exit);
        boolean begun = container.status().phase() == Phase.STARTING;
        if (found.isPresent() && exit.isEmpty() && !begun && isSame(container.status(), found.get())) {
            takeOver(container, found.get());
        } else if (begun && exit.isEmpty()) {
            found.ifPresent(Recovery::delete);
            undoStart(container);
        } else {
            ExitRecord end = exit.orElseGet(() -> new ExitRecord(VANISHED, 0, Instant.now(), false));
            writeEnd(container, end);
            found.ifPresent(Recovery::delete);
        }
    }

    private static boolean isSame(ContainerStatus status, RunningContainer running) {
        return status.pid() == running.pid() && status.startTicks() == running.startTicks();
    }

    private void takeOver(Container container, RunningContainer running) {
        if (container.status().phase() == Phase.PAUSED) {
            running.pause();
        } else {
            // A backup that an earlier engine had begun has left it frozen.
            running.resume();
        }
        container.running(running);
        exits.watch(container, running);
    }

    /** Nobody was told that it started, so it didn't. */
    private void undoStart(Container container) {
        ContainerStatus status = container.status();
        change(
                container,
                ContainerStatusBuilder.builder(status)
                        .phase(status.startedAt() == 0 ? Phase.CREATED : Phase.EXITED)
                        .attachments(List.of())
                        .build(),
                networks.happenings(status.attachments(), "disconnect"));
        ended.add(container);
    }

    private void writeEnd(Container container, ExitRecord exit) {
        ContainerStatus before = container.status();
        List<Happening> happenings = ExitWatch.happenings(container, exit, networks);
        boolean again = !before.stoppedByHand()
                && before.phase() != Phase.STARTING
                && Restarts.wanted(container.record(), before, exit.code());
        change(container, ExitWatch.status(before, exit, again), happenings);
        ended.add(container);
    }

    private void change(Container container, ContainerStatus next, List<Happening> happenings) {
        container.lock().lock();
        try {
            table.change(container, next, happenings);
        } finally {
            container.lock().unlock();
        }
    }

    private static void delete(RunningContainer running) {
        try (running) {
            running.delete();
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "what remains of container " + running.id(), failure);
        }
    }

    private void clear(String state) {
        try {
            runtime.clear(paths.states().resolve(state));
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "what remains of container " + state, failure);
        }
    }

    private void removeIfDisposable(Container container) {
        if (Values.flag(container.record().hostConfig().autoRemove())) {
            removal.automatic(container);
        }
    }

    private void sweep() {
        leftovers.sweep(true);
        kernel.sweep();
        for (String state : Directories.names(paths.states())) {
            if (table.find(state).isEmpty()) {
                clear(state);
            }
            table.find(state)
                    .filter(container -> !container.status().phase().alive())
                    .flatMap(container ->
                            runtime.adopt(container.id(), paths.state(container.id()), paths.record(container.id())))
                    .ifPresent(Recovery::delete);
        }
        table.all().forEach(this::use);
        volumes.reconcile(this::isAlive);
        for (Volumes.Volume volume : volumes.list()) {
            for (String user : volumes.users(volume.name())) {
                if (table.find(user).isEmpty()) {
                    release(volume, user);
                }
            }
        }
    }

    private boolean isAlive(String id) {
        return table.find(id)
                .filter(container -> container.status().phase().alive())
                .isPresent();
    }

    /** A removal that was begun has released the volumes of a container that is still there. */
    private void use(Container container) {
        for (ContainerMount mount : container.record().mounts()) {
            if (mount.isVolume() && volumes.find(mount.name()).isPresent()) {
                volumes.use(mount.name(), container.id());
            }
        }
    }

    /** The user's creation was never finished, so a volume that was made for it alone goes too. */
    private void release(Volumes.Volume volume, String user) {
        if (volume.anonymous()) {
            volumes.discard(volume.name(), user);
        } else {
            volumes.release(volume.name(), user);
        }
    }
}
