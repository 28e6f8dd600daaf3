package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerNetworks.Connection;
import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Snapshotter;
import dev.naru.linux.LinuxException;
import dev.naru.runtime.ContainerRuntime;
import dev.naru.runtime.LaunchRequest;
import dev.naru.runtime.RunningContainer;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts containers: network, intent, launch, program, and the record that it runs. */
final class ContainerStart {
    private static final System.Logger LOG = System.getLogger("naru.engine");

    private final ContainerTable table;
    private final ContainerNetworks networks;
    private final Snapshotter snapshotter;
    private final LaunchSource launches;
    private final ContainerRuntime runtime;
    private final ContainerPaths paths;
    private final ExitWatch exits;
    private final UserRemap remap;
    private final ImageUse uses;

    ContainerStart(
            ContainerTable table,
            ContainerNetworks networks,
            Snapshotter snapshotter,
            LaunchSource launches,
            ContainerRuntime runtime,
            ContainerPaths paths,
            ExitWatch exits,
            UserRemap remap,
            ImageUse uses) {
        this.table = requireNonNull(table, "table");
        this.networks = requireNonNull(networks, "networks");
        this.snapshotter = requireNonNull(snapshotter, "snapshotter");
        this.launches = requireNonNull(launches, "launches");
        this.runtime = requireNonNull(runtime, "runtime");
        this.paths = requireNonNull(paths, "paths");
        this.exits = requireNonNull(exits, "exits");
        this.remap = requireNonNull(remap, "remap");
        this.uses = requireNonNull(uses, "uses");
    }

    /** @throws NaruException NOT_MODIFIED when it runs already */
    void byHand(Container container) {
        container.lock().lock();
        try {
            refuse(container);
            container.backoffMillis(0);
            start(container, false);
        } finally {
            container.lock().unlock();
        }
    }

    /** Starts it for its restart policy. The caller holds its lock. */
    void again(Container container) {
        start(container, true);
    }

    private static void refuse(Container container) {
        switch (container.status().phase()) {
            case PAUSED -> throw NaruException.conflict("cannot start a paused container, try unpause instead");
            case RUNNING, RESTARTING ->
                throw new NaruException(ErrorKind.NOT_MODIFIED, "container " + container.id() + " runs already");
            case REMOVING, DEAD ->
                throw NaruException.conflict("container is marked for removal and cannot be started");
            case CREATED, EXITED, STARTING -> {}
        }
    }

    private void refuseStoppedLinks(ContainerRecord record) {
        for (String text : Values.list(record.hostConfig().links())) {
            Link link = Link.parse(text);
            Container other = table.find(link.container()).orElse(null);
            if (other != null && !other.status().phase().alive()) {
                throw new NaruException(
                        ErrorKind.INTERNAL,
                        "Cannot link to a non running container: /"
                                + other.record().name() + " AS /" + record.name() + "/" + link.alias());
            }
        }
    }

    private void start(Container container, boolean byPolicy) {
        ContainerStatus before = container.status();
        Connection connection = null;
        RunningContainer running = null;
        Alongside intent = null;
        try {
            container.awaitClearing();
            refuseStoppedLinks(container.record());
            boolean networkLater = ContainerNetworks.isMadeByLaunch(
                    container.record(), remap.of(container.record().hostConfig()));
            if (networkLater) {
                running = launch(container, Connection.none());
                connection = networks.connect(container.record(), running.pid());
                launches.connected(container, connection.attachments());
            } else {
                connection = networks.connect(container.record());
            }
            ContainerStatus starting = starting(before, connection, byPolicy);
            // A launched process waits before its program, so the intent only has to be durable when that begins.
            intent = Alongside.begin(() -> table.change(container, starting, List.of()));
            if (running == null) {
                running = launch(container, connection);
            }
            networks.begin(container.record(), connection, running.pid());
            for (HeldAttachment held : container.held()) {
                held.connect(running);
            }
            intent.join();
            running.start();
            // Before the events: who hears of the start may use it at once.
            container.running(running);
            table.change(container, running(starting, running), happenings(container, connection));
            container.held().clear();
        } catch (RuntimeException failure) {
            if (intent != null) {
                intent.settle();
            }
            throw undo(container, before, connection, running, failure);
        }
        connection.close();
        uses.note(container.record().imageId());
        exits.watch(container, running);
    }

    private static ContainerStatus starting(ContainerStatus before, Connection connection, boolean byPolicy) {
        return ContainerStatusBuilder.builder(before)
                .phase(Phase.STARTING)
                .attachments(connection.attachments())
                .restartCount(byPolicy ? before.restartCount() : 0)
                .stoppedByHand(false)
                .build();
    }

    private RunningContainer launch(Container container, Connection connection) {
        return runtime.launch(request(container, connection));
    }

    private LaunchRequest request(Container container, Connection connection) {
        boolean disposable = Values.flag(container.record().hostConfig().autoRemove());
        return launches.build(
                container,
                new LaunchContext(
                        connection.path(),
                        connection.attachments(),
                        snapshotter.mounts(container.id(), disposable),
                        paths.state(container.id()),
                        paths.record(container.id()),
                        0,
                        0));
    }

    private static ContainerStatus running(ContainerStatus starting, RunningContainer running) {
        return ContainerStatusBuilder.builder(starting)
                .phase(Phase.RUNNING)
                .pid(running.pid())
                .startTicks(running.startTicks())
                .exitCode(0)
                .error("")
                .startedAt(Timestamps.now())
                .oomKilled(false)
                .build();
    }

    private List<Happening> happenings(Container container, Connection connection) {
        var all = new ArrayList<>(Happening.mounts(container.record()));
        all.addAll(networks.happenings(connection.attachments(), "connect"));
        all.add(Happening.of(container.record(), "start"));
        return all;
    }

    /** Frees what a failed start has made, and writes down why it failed; answers the error for the client. */
    private NaruException undo(
            Container container,
            ContainerStatus before,
            @Nullable Connection connection,
            @Nullable RunningContainer running,
            RuntimeException cause) {
        NaruException failure = LaunchFailure.ofStart(container.record(), cause);
        if (running != null) {
            end(running);
        }
        release(container, failure);
        List<Happening> happenings = List.of();
        if (connection != null) {
            networks.disconnect(connection.attachments());
            connection.close();
            happenings = networks.happenings(connection.attachments(), "disconnect");
        }
        container.running(null);
        ContainerStatus failed = ContainerStatusBuilder.builder(before)
                .phase(before.phase() == Phase.CREATED ? Phase.CREATED : Phase.EXITED)
                .exitCode(LaunchFailure.exitCode(failure))
                .error(String.valueOf(failure.getMessage()))
                .attachments(List.of())
                .build();
        try {
            table.change(container, failed, happenings);
        } catch (NaruException unwritten) {
            // A new engine finds the intent and undoes it once more.
            container.status(failed);
            failure.addSuppressed(unwritten);
        }
        return failure;
    }

    private void release(Container container, NaruException failure) {
        try {
            exits.release(container);
        } catch (NaruException second) {
            failure.addSuppressed(second);
        }
    }

    private static void end(RunningContainer running) {
        try (running) {
            running.delete();
        } catch (NaruException | UncheckedIOException | LinuxException failure) {
            LOG.log(System.Logger.Level.WARNING, "what remains of container " + running.id(), failure);
        }
    }
}
