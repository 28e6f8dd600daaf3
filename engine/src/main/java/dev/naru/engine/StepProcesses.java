package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.StepRunner.ProcessOrder;
import dev.naru.build.StepRunner.Processes;
import dev.naru.build.StepRunner.RunningProcess;
import dev.naru.build.StepRunner.StepContainer;
import dev.naru.engine.StepRecords.Streams;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.LinuxException;
import dev.naru.runtime.Attachment;
import dev.naru.runtime.RunningContainer;
import dev.naru.runtime.RunningExec;
import dev.naru.runtime.StandardStreams;
import dev.naru.wire.ExecCreateRequest;
import dev.naru.wire.ExecCreateRequestBuilder;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The container of a step whose processes are started one by one; it is made with the first, and ends with it. */
final class StepProcesses implements Processes {
    private final StepContainer step;
    private final StepRecords records;
    private final ProcessSource processes;
    private final StepLaunch launch;
    private @Nullable RunningContainer running;
    private @Nullable Container surroundings;
    private boolean closed;

    StepProcesses(StepContainer step, StepRecords records, StepLaunch.Parts parts, ProcessSource processes) {
        this.step = requireNonNull(step, "step");
        this.records = requireNonNull(records, "records");
        this.processes = requireNonNull(processes, "processes");
        this.launch = new StepLaunch(parts, step.id());
    }

    @Override
    public synchronized RunningProcess start(ProcessOrder order) {
        Container known = surroundings;
        RunningContainer here = running;
        if (closed || (known != null && (here == null || here.exit().isPresent()))) {
            throw NaruException.conflict("the container's first process has ended");
        }
        return known == null || here == null ? first(order) : another(known, here, order);
    }

    @Override
    public synchronized Optional<Descriptor> root() {
        RunningContainer here = running;
        if (closed || here == null || here.exit().isPresent()) {
            return Optional.empty();
        }
        Descriptor root;
        try {
            root = Descriptor.open("/proc/" + here.pid() + "/root", Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0);
        } catch (LinuxException ended) {
            return Optional.empty();
        }
        // The number may have been given to another process only after this one's exit was recorded.
        if (here.exit().isPresent()) {
            root.close();
            return Optional.empty();
        }
        return Optional.of(root);
    }

    private RunningProcess first(ProcessOrder order) {
        Streams streams = order.terminal() ? Streams.TERMINAL : order.input() ? Streams.BOTH : Streams.OUTPUT;
        List<ContainerMount> mounts = launch.mounts(step.mounts());
        // Its variables are not those of the others.
        surroundings = container(order, List.of(), mounts, streams);
        RunningContainer launched = launch.launch(container(order, order.environment(), mounts, streams));
        Attachment attachment = launched.attach(order.input() || order.terminal(), true, true);
        try {
            launched.start();
        } catch (NaruException failure) {
            attachment.close();
            throw failure;
        }
        running = launched;
        return new StepProcess.First(launched, attachment);
    }

    private Container container(
            ProcessOrder order, List<String> environment, List<ContainerMount> mounts, Streams streams) {
        var started = new StepContainer(
                step.id(), step.execution().running(order), environment, step.mounts(), step.devices(), step.network());
        return new Container(records.of(started, mounts, streams), ContainerStatus.CREATED);
    }

    private RunningProcess another(Container known, RunningContainer here, ProcessOrder order) {
        ExecCreateRequest request = ExecCreateRequestBuilder.builder()
                .cmd(order.arguments())
                .env(order.environment())
                .workingDir(order.directory())
                .user(order.user())
                .tty(order.terminal())
                .privileged(order.security() == dev.naru.build.Execution.Security.INSECURE)
                .attachStdin(order.input())
                .attachStdout(true)
                .attachStderr(true)
                .build();
        RunningExec exec = here.exec(new RunningContainer.ExecRequest(
                ExecId.next(),
                processes.build(known, request),
                new StandardStreams(order.terminal(), order.input(), true, 0, 0),
                order.input() || order.terminal(),
                true,
                true));
        return new StepProcess.Another(exec);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            launch.close();
        }
    }
}
