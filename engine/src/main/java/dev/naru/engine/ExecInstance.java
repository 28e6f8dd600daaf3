package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.runtime.RunningContainer;
import dev.naru.runtime.RunningExec;
import dev.naru.wire.ExecCreateRequest;
import dev.naru.wire.ExecInspect;
import dev.naru.wire.ProcessConfig;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One exec: what was asked for and how far it is. */
final class ExecInstance {
    private final String id;
    private final Container container;
    private final RunningContainer run;
    private final ExecCreateRequest request;
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean begun;
    private @Nullable RunningExec running;
    private @Nullable Integer exitCode;
    private long endedAt;

    ExecInstance(String id, Container container, RunningContainer run, ExecCreateRequest request) {
        this.id = requireNonNull(id, "id");
        this.container = requireNonNull(container, "container");
        this.run = requireNonNull(run, "run");
        this.request = requireNonNull(request, "request");
    }

    String id() {
        return id;
    }

    Container container() {
        return container;
    }

    ExecCreateRequest request() {
        return request;
    }

    /** What the next engine has to know of it. */
    ExecRecord record(boolean started) {
        return new ExecRecord(id, container.id(), request, started);
    }

    List<String> command() {
        return Values.list(request.cmd());
    }

    /** The command as events tell it: the program, a space, the arguments. */
    String shownCommand() {
        return command().getFirst() + " "
                + String.join(" ", command().subList(1, command().size()));
    }

    boolean tty() {
        return Values.flag(request.tty());
    }

    /**
     * Takes the right to start it, which is given once.
     *
     * @throws NaruException CONFLICT with Docker's texts
     */
    synchronized void begin() {
        if (exitCode != null) {
            throw NaruException.conflict("exec command " + id + " has already run");
        }
        if (begun) {
            throw NaruException.conflict("exec command " + id + " is already running");
        }
        begun = true;
    }

    /** Gives the right back, when the container was not in a state to start it. */
    synchronized void notBegun() {
        begun = false;
    }

    synchronized void running(RunningExec exec) {
        running = exec;
    }

    /** @throws NaruException INVALID with Docker's text when it does not run */
    synchronized RunningExec requireRunning() {
        if (running == null) {
            throw NaruException.invalid("exec process is not started");
        }
        return running;
    }

    /** Writes its end down. */
    void ended(int code) {
        synchronized (this) {
            exitCode = code;
            endedAt = System.nanoTime();
            // The session closes its attachment when it has read what the process said last.
            running = null;
        }
        ended.countDown();
    }

    /** Whether it ended at least that many nanoseconds ago. */
    synchronized boolean endedBefore(long nanoseconds) {
        return exitCode != null && System.nanoTime() - endedAt >= nanoseconds;
    }

    /** Whether it never began, and the run of the container that it was made for is over. */
    synchronized boolean outlivedItsContainer() {
        return !begun && exitCode == null && !run.equals(container.running());
    }

    /** Waits a moment for the end, which may be a little behind the end of the output. */
    void awaitEnd(long milliseconds) throws InterruptedException {
        if (!ended.await(milliseconds, TimeUnit.MILLISECONDS)) {
            return; // It has closed its output and goes on.
        }
    }

    synchronized ExecInspect inspect() {
        List<String> command = command();
        return new ExecInspect(
                false,
                Values.text(request.detachKeys()),
                id,
                running != null,
                exitCode,
                new ProcessConfig(
                        Values.flag(request.privileged()),
                        request.user(),
                        tty(),
                        command.getFirst(),
                        command.subList(1, command.size())),
                Values.flag(request.attachStdin()),
                Values.flag(request.attachStderr()),
                Values.flag(request.attachStdout()),
                container.id(),
                running == null ? 0 : running.pid());
    }
}
