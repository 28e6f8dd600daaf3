package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.runtime.ExitRecord;
import dev.naru.runtime.RunningContainer;
import dev.naru.runtime.RunningContainer.ExecRequest;
import dev.naru.runtime.RunningExec;
import dev.naru.runtime.StandardStreams;
import dev.naru.wire.ExecCreateRequest;
import dev.naru.wire.ExecInspect;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The execs of running containers; those that have not ended are found again by the next engine. */
final class Execs implements ExecService {
    private static final System.Logger LOG = System.getLogger("naru.engine");
    private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final ContainerTable table;
    private final ProcessSource processes;
    private final Map<String, ExecInstance> instances = new ConcurrentHashMap<>();

    Execs(ContainerTable table, ProcessSource processes) {
        this.table = requireNonNull(table, "table");
        this.processes = requireNonNull(processes, "processes");
    }

    @Override
    public String create(String name, ExecCreateRequest request) {
        Container container = table.get(name);
        RunningContainer running = running(container, name);
        if (Values.list(request.cmd()).isEmpty()) {
            throw NaruException.invalid("No exec command specified");
        }
        refuseKeys(request.detachKeys());
        instances.values().removeIf(instance -> instance.endedBefore(REMEMBERED_NANOS));
        refuseUser(container, request);
        var instance = new ExecInstance(ExecId.next(), container, running, request);
        table.put(container, instance.record(false), "exec_create: " + instance.shownCommand());
        instances.put(instance.id(), instance);
        return instance.id();
    }

    private static void refuseKeys(@Nullable String keys) {
        try {
            DetachKeys.parse(keys);
        } catch (NaruException unknown) {
            throw new NaruException(ErrorKind.INTERNAL, "Invalid escape keys (" + keys + ") provided");
        }
    }

    /** A user that the container does not know is refused before there is an exec. */
    private void refuseUser(Container container, ExecCreateRequest request) {
        if (!Values.text(request.user()).isEmpty()) {
            processes.build(container, request);
        }
    }

    /** Its connection when it runs and is not frozen. */
    private static RunningContainer running(Container container, String shown) {
        RunningContainer running = container.running();
        return switch (container.status().phase()) {
            case PAUSED ->
                throw NaruException.conflict("Container " + shown + " is paused, unpause the container before exec");
            case RESTARTING ->
                throw NaruException.conflict(
                        "Container " + shown + " is restarting, wait until the container is running");
            case CREATED, STARTING, RUNNING, EXITED, REMOVING, DEAD -> {
                if (running == null) {
                    throw NaruException.conflict("container " + container.id() + " is not running");
                }
                yield running;
            }
        };
    }

    private ExecInstance get(String execId) {
        ExecInstance instance = instances.get(execId);
        if (instance != null && instance.outlivedItsContainer()) {
            instances.remove(execId);
            forget(execId);
            instance = null;
        }
        if (instance == null) {
            throw NaruException.notFound("No such exec instance: " + execId);
        }
        return instance;
    }

    @Override
    public void startDetached(String execId) {
        ExecInstance instance = get(execId);
        try {
            begin(instance, false, null);
        } catch (NaruException failure) {
            failed(instance, failure);
            throw failure;
        }
    }

    @Override
    public StreamSession start(String execId, boolean tty, @Nullable List<Integer> consoleSize) {
        ExecInstance instance = get(execId);
        DetachKeys keys = DetachKeys.parse(instance.request().detachKeys());
        try {
            RunningExec exec = begin(instance, true, consoleSize);
            return new ExecSession(instance, exec, keys, () -> tell(instance, "exec_detach"));
        } catch (NaruException failure) {
            if (failure.kind() == ErrorKind.CONFLICT || failure.kind() == ErrorKind.NOT_FOUND) {
                throw failure;
            }
            // Docker has said yes by then: the client reads the reason in the stream and asks for the exit code.
            failed(instance, failure);
            return new FailedExecSession(instance.tty(), String.valueOf(failure.getMessage()));
        }
    }

    private RunningExec begin(ExecInstance instance, boolean attached, @Nullable List<Integer> size) {
        instance.begin();
        RunningContainer running;
        try {
            running = running(instance.container(), instance.container().id());
        } catch (NaruException failure) {
            instance.notBegun();
            throw failure;
        }
        table.put(instance.container(), instance.record(true), "exec_start: " + instance.shownCommand());
        LaunchFailure.requireAbsolute(instance.request().workingDir());
        RunningExec exec;
        try {
            exec = running.exec(request(instance, attached, size));
        } catch (RuntimeException failure) {
            throw LaunchFailure.ofExec(instance.command().getFirst(), failure);
        }
        follow(instance, exec);
        return exec;
    }

    private void follow(ExecInstance instance, RunningExec exec) {
        instance.running(exec);
        Thread.ofVirtual().name("naru-exec-exit").start(() -> await(instance, exec));
    }

    private void failed(ExecInstance instance, NaruException failure) {
        instance.ended(LaunchFailure.exitCode(failure));
        forget(instance.id());
    }

    private void forget(String id) {
        try {
            table.erase(id, List.of());
        } catch (NaruException unwritten) {
            // The next engine finds that no monitor knows it.
            LOG.log(System.Logger.Level.WARNING, "the end of exec " + id, unwritten);
        }
    }

    /** Takes over the execs of an earlier engine whose containers still run, and forgets the others. */
    void adopt() {
        for (ExecRecord record : table.execs()) {
            Container container = table.find(record.container()).orElse(null);
            RunningContainer running = container == null ? null : container.running();
            if (container == null || running == null || !adopt(container, running, record)) {
                forget(record.id());
            }
        }
    }

    private boolean adopt(Container container, RunningContainer running, ExecRecord record) {
        var instance = new ExecInstance(record.id(), container, running, record.request());
        if (!record.started()) {
            instances.put(record.id(), instance);
            return true;
        }
        RunningExec exec = running.adoptExec(record.id()).orElse(null);
        if (exec == null) {
            return false;
        }
        instance.begin();
        instances.put(record.id(), instance);
        follow(instance, exec);
        return true;
    }

    private ExecRequest request(ExecInstance instance, boolean attached, @Nullable List<Integer> asked) {
        ExecCreateRequest request = instance.request();
        List<Integer> size = asked == null ? Values.list(request.consoleSize()) : asked;
        int rows = size.size() == 2 ? size.get(0) : 0;
        int columns = size.size() == 2 ? size.get(1) : 0;
        boolean stdin = attached && Values.flag(request.attachStdin());
        return new ExecRequest(
                instance.id(),
                processes.build(instance.container(), request),
                new StandardStreams(instance.tty(), stdin, true, rows, columns),
                stdin,
                attached && Values.flag(request.attachStdout()),
                attached && Values.flag(request.attachStderr()));
    }

    private void await(ExecInstance instance, RunningExec exec) {
        try {
            ExitRecord exit = exec.awaitExit();
            instance.ended(exit.code());
            table.erase(
                    instance.id(),
                    List.of(Happening.of(
                            instance.container().record(),
                            "exec_die",
                            Map.of("execID", instance.id(), "exitCode", Integer.toString(exit.code())))));
        } catch (InterruptedException engineCloses) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            LOG.log(System.Logger.Level.DEBUG, "the end of exec " + instance.id(), failure);
        }
    }

    private void tell(ExecInstance instance, String action) {
        table.tell(instance.container(), action, Map.of("execID", instance.id()));
    }

    @Override
    public void resize(String execId, int rows, int columns) {
        get(execId).requireRunning().resize(rows, columns);
    }

    @Override
    public ExecInspect inspect(String execId) {
        return get(execId).inspect();
    }

    /** The ids of a container's execs that have not ended, as its inspection shows them. */
    List<String> idsOf(Container container) {
        return instances.values().stream()
                .filter(instance -> instance.container().equals(container))
                .filter(instance -> !instance.endedBefore(0) && !instance.outlivedItsContainer())
                .map(ExecInstance::id)
                .sorted()
                .toList();
    }

    /** The ids of all execs that a container has. */
    List<String> allOf(Container container) {
        return instances.values().stream()
                .filter(instance -> instance.container().equals(container))
                .map(ExecInstance::id)
                .toList();
    }

    /** Forgets what ran in a container that is gone. */
    void forget(Container container) {
        instances.values().removeIf(instance -> instance.container().equals(container));
    }
}
