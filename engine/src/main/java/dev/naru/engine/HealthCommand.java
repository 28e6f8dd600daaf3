package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.runtime.Attachment;
import dev.naru.runtime.ExitRecord;
import dev.naru.runtime.RunningContainer;
import dev.naru.runtime.RunningContainer.ExecRequest;
import dev.naru.runtime.RunningExec;
import dev.naru.runtime.StandardStreams;
import dev.naru.wire.ExecCreateRequestBuilder;
import dev.naru.wire.HealthcheckResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs one health check as a process in the container. */
final class HealthCommand {
    private static final int SIGKILL = 9;
    private static final StandardStreams STREAMS = new StandardStreams(false, false, false, 0, 0);

    private final ContainerTable table;
    private final ProcessSource processes;

    HealthCommand(ContainerTable table, ProcessSource processes) {
        this.table = requireNonNull(table, "table");
        this.processes = requireNonNull(processes, "processes");
    }

    /** Runs it and answers what came out; one that takes too long is killed. */
    HealthcheckResult run(Container container, HealthProbe probe) throws InterruptedException {
        long start = Timestamps.now();
        RunningContainer running = container.running();
        if (running == null) {
            throw NaruException.conflict("container " + container.id() + " is not running");
        }
        String id = ExecId.next();
        String shown = String.join(" ", probe.command());
        table.tell(container, "exec_create: " + shown, Map.of("execID", id));
        table.tell(container, "exec_start: " + shown, Map.of("execID", id));
        var request = ExecCreateRequestBuilder.builder()
                .cmd(probe.command())
                .attachStdout(true)
                .attachStderr(true)
                .build();
        try (RunningExec exec =
                running.exec(new ExecRequest(id, processes.build(container, request), STREAMS, false, true, true))) {
            return watch(container, exec, probe, start);
        } catch (NaruException failure) {
            if (!running.equals(container.running())) {
                throw failure;
            }
            NaruException told = LaunchFailure.ofExec(probe.command().getFirst(), failure);
            return result(start, LaunchFailure.exitCode(told), String.valueOf(told.getMessage()));
        }
    }

    private HealthcheckResult watch(Container container, RunningExec exec, HealthProbe probe, long start)
            throws InterruptedException {
        var output = new HealthOutput();
        var late = new AtomicBoolean();
        Thread reader = Thread.ofVirtual().start(() -> exec.attachment().ifPresent(from -> read(from, output)));
        Thread killer = Thread.ofVirtual().start(() -> killLater(exec, probe.timeout(), late));
        ExitRecord exit;
        try {
            exit = exec.awaitExit();
            reader.join(Duration.ofSeconds(1));
        } finally {
            killer.interrupt();
            exec.attachment().ifPresent(Attachment::close);
        }
        table.tell(container, "exec_die", Map.of("execID", exec.id(), "exitCode", Integer.toString(exit.code())));
        if (late.get()) {
            return result(start, -1, "Health check exceeded timeout (" + seconds(probe.timeout()) + "): " + output);
        }
        return result(start, exit.code(), output.toString());
    }

    private static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
    }

    private static void killLater(RunningExec exec, Duration timeout, AtomicBoolean late) {
        try {
            Thread.sleep(timeout);
        } catch (InterruptedException ended) {
            return;
        }
        late.set(true);
        try {
            exec.signal(SIGKILL);
        } catch (NaruException ended) {
            // It ended by itself in this moment.
            late.set(exec.exit().isEmpty());
        }
    }

    private static void read(Attachment from, HealthOutput output) {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        try {
            while (from.read(buffer.clear()) >= 0) {
                output.take(buffer.flip());
            }
        } catch (IOException ended) {
            // What came until now is the output.
            output.end();
        }
    }

    private static HealthcheckResult result(long start, int exitCode, String output) {
        return new HealthcheckResult(Timestamps.text(start), Timestamps.text(Timestamps.now()), exitCode, output);
    }
}
