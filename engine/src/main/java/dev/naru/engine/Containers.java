package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ExitWaits.Condition;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.runtime.RunningContainer;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateResponse;
import dev.naru.wire.ContainerInspectResponse;
import dev.naru.wire.ContainerPruneResponse;
import dev.naru.wire.ContainerStatsResponse;
import dev.naru.wire.ContainerSummary;
import dev.naru.wire.ContainerTopResponse;
import dev.naru.wire.ContainerUpdateRequest;
import dev.naru.wire.ContainerUpdateResponse;
import dev.naru.wire.FilesystemChange;
import dev.naru.wire.PortChangeRequest;
import dev.naru.wire.PortReach;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Containers as clients see them: finds the one that is meant and hands over to who does the work. */
final class Containers implements ContainerService {
    private final ContainerTable table;
    private final Lifecycle lifecycle;
    private final Views views;
    private final LogReader logs;

    Containers(ContainerTable table, Lifecycle lifecycle, Views views, LogReader logs) {
        this.table = requireNonNull(table, "table");
        this.lifecycle = requireNonNull(lifecycle, "lifecycle");
        this.views = requireNonNull(views, "views");
        this.logs = requireNonNull(logs, "logs");
    }

    /** Those who change containers. */
    record Lifecycle(
            ContainerCreation creation,
            ContainerStart starter,
            ContainerStop stopper,
            ContainerPause pauser,
            ContainerRename rename,
            ContainerUpdate update,
            ContainerPorts ports,
            ContainerPrune prune,
            ContainerRemoval removal) {}

    /** Those who show them. */
    record Views(InspectView inspect, ListView list, StatsCollector stats, ContainerArchive archive) {}

    ContainerTable table() {
        return table;
    }

    private static String shown(String id) {
        return id.startsWith("/") ? id.substring(1) : id;
    }

    @Override
    public ContainerCreateResponse create(
            @Nullable String name, @Nullable String platform, ContainerCreateRequest request) {
        return lifecycle.creation().create(name, platform, request);
    }

    @Override
    public void start(String id, @Nullable String detachKeys) {
        DetachKeys.parse(detachKeys);
        Container container = table.get(id);
        try {
            lifecycle.starter().byHand(container);
        } catch (NaruException failure) {
            boolean disposable = Values.flag(container.record().hostConfig().autoRemove());
            if (disposable && failure.kind() != ErrorKind.NOT_MODIFIED && container.running() == null) {
                lifecycle.removal().automatic(container);
            }
            throw failure;
        }
    }

    @Override
    public void stop(String id, @Nullable String signal, @Nullable Integer timeout) {
        Container container = table.get(id);
        requireSignal("cannot stop container: " + shown(id), signal);
        lifecycle.stopper().stop(container, signal, timeout);
    }

    @Override
    public void restart(String id, @Nullable String signal, @Nullable Integer timeout) {
        Container container = table.get(id);
        requireSignal("Cannot restart container " + shown(id), signal);
        lifecycle.stopper().restart(container, signal, timeout);
    }

    @Override
    public void kill(String id, @Nullable String signal) {
        Container container;
        try {
            container = table.get(id);
        } catch (NaruException missing) {
            throw NaruException.because(missing.kind(), "cannot kill container: " + shown(id), missing);
        }
        lifecycle.stopper().kill(container, shown(id), signal);
    }

    private static void requireSignal(String what, @Nullable String signal) {
        if (signal == null || signal.isEmpty()) {
            return;
        }
        try {
            SignalNames.parse(signal);
        } catch (NaruException unknown) {
            throw NaruException.because(unknown.kind(), what, unknown);
        }
    }

    @Override
    public void pause(String id) {
        lifecycle.pauser().pause(table.get(id));
    }

    @Override
    public void unpause(String id) {
        lifecycle.pauser().unpause(table.get(id));
    }

    @Override
    public void rename(String id, String name) {
        lifecycle.rename().rename(table.get(id), name);
    }

    @Override
    public void remove(String id, boolean force, boolean volumes, boolean link) {
        if (link) {
            lifecycle.removal().unlink(id);
            return;
        }
        lifecycle.removal().remove(table.get(id), shown(id), force, volumes);
    }

    @Override
    public Waiter waiter(String id, String condition) {
        Condition wanted = Condition.of(condition);
        Container container = table.get(id);
        ExitWaits.Registration registration = container.waits().register(wanted);
        ContainerStatus status = container.status();
        boolean met =
                switch (wanted) {
                    case NOT_RUNNING ->
                        switch (status.phase()) {
                            case CREATED, EXITED, REMOVING, DEAD -> true;
                            case STARTING, RUNNING, PAUSED, RESTARTING -> false;
                        };
                    case NEXT_EXIT, REMOVED -> table.find(container.id()).isEmpty();
                };
        if (met) {
            registration.close();
            return ExitWaits.met(status.exitCode());
        }
        return registration;
    }

    @Override
    public StreamSession attach(String id, AttachQuery query) {
        return AttachSession.open(table.get(id), shown(id), query, table, logs);
    }

    @Override
    public LogSession logs(String id, LogQuery query) {
        return logs.open(table.get(id), query);
    }

    @Override
    public void resize(String id, int rows, int columns) {
        Container container = table.get(id);
        RunningContainer running = container.running();
        if (running == null) {
            throw NaruException.conflict("container " + container.id() + " is not running");
        }
        if (Values.flag(container.record().config().tty())) {
            // Docker says yes to the others too, and tells it.
            running.resize(rows, columns);
        }
        table.tell(container, "resize", Map.of("height", Integer.toString(rows), "width", Integer.toString(columns)));
    }

    @Override
    public List<ContainerSummary> list(ListQuery query) {
        return views.list().of(query);
    }

    @Override
    public ContainerInspectResponse inspect(String id, boolean size) {
        return views.inspect().of(table.get(id), size);
    }

    @Override
    public ContainerUpdateResponse update(String id, ContainerUpdateRequest request) {
        return lifecycle.update().update(table.get(id), request);
    }

    @Override
    public ContainerUpdateResponse changePorts(String id, PortChangeRequest request) {
        return lifecycle.ports().change(table.get(id), request);
    }

    @Override
    public List<PortReach> explainPorts(String id) {
        return lifecycle.ports().explain(table.get(id));
    }

    @Override
    public ContainerPruneResponse prune(Filters filters) {
        return lifecycle.prune().prune(filters, this);
    }

    @Override
    public void stats(String id, boolean stream, boolean oneShot, Consumer<ContainerStatsResponse> sink) {
        views.stats().collect(table.get(id), stream, oneShot, sink);
    }

    @Override
    public ContainerTopResponse top(String id, @Nullable String psArguments) {
        Container container = table.get(id);
        ContainerTopResponse processes = ProcessTable.of(container, psArguments);
        table.tell(container, "top", Map.of());
        return processes;
    }

    @Override
    public List<FilesystemChange> changes(String id) {
        return views.archive().changes(table.get(id));
    }

    @Override
    public void export(String id, OutputStream tar) {
        views.archive().export(table.get(id), tar);
    }

    @Override
    public PathStat statPath(String id, String path) {
        return views.archive().stat(table.get(id), shown(id), path);
    }

    @Override
    public ArchiveSession archive(String id, String path) {
        return views.archive().read(table.get(id), shown(id), path);
    }

    @Override
    public void extract(String id, String path, InputStream tar, boolean noOverwriteDirNonDir, boolean copyUidGid) {
        views.archive().write(table.get(id), shown(id), path, tar, noOverwriteDirNonDir, copyUidGid);
    }
}
