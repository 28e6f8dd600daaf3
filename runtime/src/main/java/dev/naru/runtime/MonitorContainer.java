package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Resources;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A container whose first process is a child of a monitor. */
final class MonitorContainer implements RunningContainer, MonitorControl.Listener {
    private static final System.Logger LOG = System.getLogger("naru.runtime");
    /** As a shell tells SIGKILL, which is what the kernel sends when the monitor dies. */
    private static final int KILLED = 137;

    private static final int SIGKILL = 9;

    private final ContainerPlace place;
    private final Isolation isolation;
    private final int pid;
    private final long startTicks;
    private final boolean terminal;
    private final Outcome outcome = new Outcome();
    private final Map<String, Outcome> execs = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private volatile boolean started;
    private volatile Runnable whenStarted = () -> {};
    private volatile @Nullable MonitorControl control;

    MonitorContainer(ContainerPlace place, Isolation isolation, int pid, long startTicks, boolean terminal) {
        this.place = requireNonNull(place, "place");
        this.isolation = requireNonNull(isolation, "isolation");
        this.pid = pid;
        this.startTicks = startTicks;
        this.terminal = terminal;
    }

    /** One that has ended before it was found. */
    static MonitorContainer ended(ContainerPlace place, Isolation isolation, ExitFile file) {
        MonitorContainer container = new MonitorContainer(place, isolation, file.pid(), file.startTicks(), false);
        container.outcome.complete(file.exit());
        return container;
    }

    /** One that an earlier engine has started. */
    MonitorContainer adopted(MonitorSocket socket) {
        started = true;
        return connected(socket);
    }

    /** Takes over a control connection on which no answer is awaited. */
    MonitorContainer connected(MonitorSocket socket) {
        MonitorControl connection = new MonitorControl(socket, this);
        control = connection;
        connection.listen(place.id());
        return this;
    }

    @Override
    public void exited(String id, ExitRecord exit) {
        if (id.isEmpty()) {
            outcome.complete(exit);
        } else {
            execs.computeIfAbsent(id, unknown -> new Outcome()).complete(exit);
        }
    }

    @Override
    public void lost() {
        if (closed || outcome.now().isPresent()) {
            return;
        }
        if (!started) {
            // It failed to start, which start() tells, or its monitor was killed before: there was no container yet.
            outcome.complete(killed());
            return;
        }
        try {
            MonitorSocket socket = place.connect();
            socket.send(MonitorSocket.CONTROL, 0, new byte[0]);
            connected(socket);
        } catch (IOException e) {
            outcome.complete(recordedOrKilled());
        }
        if (outcome.now().isPresent()) {
            execs.values().forEach(exec -> exec.complete(killed()));
        }
    }

    private static ExitRecord killed() {
        return new ExitRecord(KILLED, SIGKILL, Instant.now(), false);
    }

    private ExitRecord recordedOrKilled() {
        try {
            Optional<ExitFile> recorded = ExitFile.read(place.recordDirectory());
            if (recorded.isPresent()) {
                return recorded.get().exit();
            }
            LOG.log(System.Logger.Level.WARNING, "the monitor of container {0} was killed, its container too", id());
            return killedWithMonitor(place, isolation, pid, startTicks).exit();
        } catch (NaruException e) {
            LOG.log(System.Logger.Level.WARNING, "nothing tells how container " + id() + " ended", e);
            return killed();
        }
    }

    /** Ends what a killed monitor left and records that nobody saw the end. */
    static ExitFile killedWithMonitor(ContainerPlace place, Isolation isolation, int pid, long startTicks) {
        ControlGroup group = isolation.controlGroup(place.id(), place.stateDirectory());
        group.killAll();
        ExitFile file =
                new ExitFile(new ExitRecord(KILLED, SIGKILL, Instant.now(), group.oomKills() > 0), pid, startTicks);
        file.write(place.recordDirectory());
        return file;
    }

    @Override
    public String id() {
        return place.id();
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public long startTicks() {
        return startTicks;
    }

    private String what(String operation) {
        return "cannot " + operation + " container " + place.id();
    }

    private PlanFields ask(String operation, int type, PlanWriter fields) {
        MonitorControl connection = control;
        if (connection == null || outcome.now().isPresent()) {
            throw new NaruException(ErrorKind.CONFLICT, what(operation), "it is not running", null);
        }
        return connection.ask(what(operation), type, fields.toBytes());
    }

    @Override
    public Attachment attach(boolean stdin, boolean stdout, boolean stderr) {
        PlanWriter request = new PlanWriter().text("").number(mask(stdin, stdout, stderr));
        MonitorSocket socket = open("attach to", MonitorSocket.ATTACH, request).socket();
        return new MonitorAttachment(socket, terminal);
    }

    private static long mask(boolean stdin, boolean stdout, boolean stderr) {
        return (stdin ? 1 : 0) | (stdout ? 2 : 0) | (stderr ? 4 : 0);
    }

    private record Opened(MonitorSocket socket, PlanFields fields) {}

    /** A connection of its own that became a stream with its first answer. */
    private Opened open(String operation, int type, PlanWriter request) {
        MonitorSocket socket = null;
        try {
            socket = place.connect();
            socket.send(type, 1, request.toBytes());
            MonitorSocket.Answer answer = socket.receive();
            if (answer.type() == MonitorSocket.FAILED) {
                socket.close();
                throw MonitorFailure.of(answer.fields()).exception(what(operation));
            }
            return new Opened(socket, answer.fields());
        } catch (IOException e) {
            if (socket != null) {
                socket.close();
            }
            throw new NaruException(ErrorKind.CONFLICT, what(operation), "it is not running", null, e);
        }
    }

    @Override
    public void start() {
        ask("start", MonitorSocket.START, new PlanWriter());
        started = true;
        whenStarted.run();
    }

    /** Something is to be done when its program runs; what it throws is thrown by {@link #start}. */
    MonitorContainer whenStarted(Runnable work) {
        whenStarted = work;
        return this;
    }

    @Override
    public RunningExec exec(ExecRequest request) {
        StandardStreams streams = request.streams();
        LaunchPlan plan = isolation.exec(place.id(), place.stateDirectory(), pid, request.process(), streams);
        long mask = mask(request.attachStdin(), request.attachStdout(), request.attachStderr());
        PlanWriter message = streams(new PlanWriter().text(request.id()), streams)
                .number(mask)
                .bytes(plan.bytes());
        Outcome exec = new Outcome();
        execs.put(request.id(), exec);
        try {
            Opened opened = open("execute in", MonitorSocket.EXEC, message);
            int execPid = (int) opened.fields().number();
            if (mask == 0) {
                opened.socket().close();
                return new MonitorExec(request.id(), execPid, this, exec, null);
            }
            Attachment attachment = new MonitorAttachment(opened.socket(), streams.terminal());
            return new MonitorExec(request.id(), execPid, this, exec, attachment);
        } catch (RuntimeException e) {
            execs.remove(request.id());
            throw e;
        }
    }

    static PlanWriter streams(PlanWriter message, StandardStreams streams) {
        return message.flag(streams.terminal())
                .flag(streams.openStdin())
                .flag(streams.stdinOnce())
                .number(streams.rows())
                .number(streams.columns());
    }

    @Override
    public Optional<RunningExec> adoptExec(String execId) {
        Outcome exec = execs.computeIfAbsent(execId, unknown -> new Outcome());
        if (exec.now().isPresent()) {
            return Optional.of(new MonitorExec(execId, 0, this, exec, null));
        }
        try {
            PlanFields found = ask("find an exec in", MonitorSocket.FIND, new PlanWriter().text(execId));
            return Optional.of(new MonitorExec(execId, (int) found.number(), this, exec, null));
        } catch (NaruException e) {
            execs.remove(execId);
            return exec.now().map(exit -> new MonitorExec(execId, 0, this, exec, null));
        }
    }

    @Override
    public void signal(int signal) {
        signal("", signal);
    }

    void signal(String process, int signal) {
        ask("signal", MonitorSocket.SIGNAL, new PlanWriter().text(process).number(signal));
    }

    @Override
    public void resize(int rows, int columns) {
        resize("", rows, columns);
    }

    void resize(String process, int rows, int columns) {
        ask(
                "resize the terminal of",
                MonitorSocket.RESIZE,
                new PlanWriter().text(process).number(rows).number(columns));
    }

    @Override
    public void closeStdin() {
        ask("close standard input of", MonitorSocket.CLOSE_STDIN, new PlanWriter().text(""));
    }

    @Override
    public ExitRecord awaitExit() throws InterruptedException {
        return outcome.await();
    }

    @Override
    public Optional<ExitRecord> exit() {
        return outcome.now();
    }

    private ControlGroup group() {
        return isolation.controlGroup(place.id(), place.stateDirectory());
    }

    @Override
    public void pause() {
        group().pause();
    }

    @Override
    public void resume() {
        group().resume();
    }

    @Override
    public void update(Resources resources) {
        group().update(resources);
    }

    @Override
    public ResourceUsage usage() {
        return group().usage();
    }

    @Override
    public List<Integer> pids() {
        return group().pids();
    }

    @Override
    public long oomEvents() {
        return group().oomEvents();
    }

    @Override
    public Optional<Path> memoryEvents() {
        return group().memoryEvents();
    }

    @Override
    public void reopenLog() {
        ask("reopen the log of", MonitorSocket.REOPEN_LOG, new PlanWriter());
    }

    @Override
    public void replaceLog(Path compressed, long inode) {
        ask(
                "replace a log of",
                MonitorSocket.REPLACE_LOG,
                new PlanWriter().text(compressed.toString()).number(inode));
    }

    @Override
    public void delete() {
        ContainerRemains.remove(place, isolation, control);
    }

    @Override
    public void close() {
        closed = true;
        MonitorControl connection = control;
        if (connection != null) {
            connection.close();
        }
    }
}
