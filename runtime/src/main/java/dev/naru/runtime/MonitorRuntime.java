package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Containers under monitors of our own ({@code docs/design/001-monitor.md}).
 *
 * <p>Several runtimes may share a host, each with an exec root of its own.
 */
public final class MonitorRuntime implements ContainerRuntime {
    private final Zygote zygote;
    private final Isolation isolation;

    /**
     * One for an engine; processes are made when the first container is launched.
     *
     * @param binary the monitor's program
     * @param execRoot a directory of this engine alone, made when it is missing
     * @param isolation what compiles specifications
     */
    public MonitorRuntime(MonitorBinary binary, Path execRoot, Isolation isolation) {
        this.zygote = new Zygote(binary, execRoot);
        this.isolation = requireNonNull(isolation, "isolation");
    }

    @Override
    public RunningContainer launch(LaunchRequest request) {
        ContainerPlace place = new ContainerPlace(request.id(), request.stateDirectory(), request.recordDirectory());
        place.makeStateDirectory();
        try {
            Isolation.Prepared prepared = isolation.prepare(request);
            return hooked(request, launch(request, place, prepared.plan()));
        } catch (RuntimeException e) {
            try {
                ContainerRemains.remove(place, isolation, null);
            } catch (RuntimeException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private static MonitorContainer hooked(LaunchRequest request, MonitorContainer launched) {
        if (request.spec().hooks() == null) {
            return launched;
        }
        try {
            HostHooks.run(request, launched.pid());
            return launched.whenStarted(() -> HostHooks.started(request, launched.pid()));
        } catch (RuntimeException failure) {
            try (launched) {
                launched.delete();
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    private MonitorContainer launch(LaunchRequest request, ContainerPlace place, LaunchPlan plan) {
        String what = "cannot launch container " + request.id();
        MonitorSocket socket = null;
        try {
            socket = zygote.connect();
            socket.send(MonitorSocket.LAUNCH, 1, message(request, plan));
            MonitorSocket.Answer answer = socket.receive();
            if (answer.type() == MonitorSocket.FAILED) {
                throw MonitorFailure.of(answer.fields()).exception(what);
            }
            int pid = (int) answer.fields().number();
            return new MonitorContainer(
                            place,
                            isolation,
                            pid,
                            answer.fields().number(),
                            request.standardStreams().terminal())
                    .connected(socket);
        } catch (IOException e) {
            close(socket);
            throw NaruException.because(ErrorKind.UNAVAILABLE, what, e);
        } catch (RuntimeException e) {
            close(socket);
            throw e;
        }
    }

    private static void close(@org.jspecify.annotations.Nullable MonitorSocket socket) {
        if (socket != null) {
            socket.close();
        }
    }

    private static byte[] message(LaunchRequest request, LaunchPlan plan) {
        PlanWriter message = new PlanWriter()
                .text(request.id())
                .text(request.stateDirectory().toString())
                .text(request.recordDirectory().toString());
        MonitorContainer.streams(message, request.standardStreams());
        log(message, request.log());
        return message.bytes(plan.bytes()).toBytes();
    }

    private static void log(PlanWriter message, LogTarget target) {
        switch (target) {
            case LogTarget.None none ->
                message.number(0).text("").number(-1).number(1).text("");
            case LogTarget.File file ->
                message.number(
                                switch (file.format()) {
                                    case JSON_FILE -> 1;
                                    case LOCAL -> 2;
                                })
                        .text(file.file().toString())
                        .number(file.maxSize())
                        .number(file.maxFiles())
                        .text(LogAttributes.json(file.attributes()));
        }
    }

    @Override
    public Optional<RunningContainer> adopt(String id, Path stateDirectory, Path recordDirectory) {
        ContainerPlace place = new ContainerPlace(id, stateDirectory, recordDirectory);
        boolean launched = Files.exists(stateDirectory.resolve(ContainerPlace.SOCKET));
        Contact contact = launched ? connect(place) : Contact.NONE;
        if (contact.made()) {
            return contact.container();
        }
        Optional<ExitFile> file = ExitFile.read(recordDirectory);
        if (file.isEmpty() && launched && Files.exists(stateDirectory.resolve(ContainerPlace.SOCKET))) {
            file = Optional.of(MonitorContainer.killedWithMonitor(place, isolation, 0, 0));
        }
        return file.map(ended -> MonitorContainer.ended(place, isolation, ended));
    }

    /**
     * What a monitor answered.
     *
     * @param made whether it answered at all
     * @param container empty when it had not started its container and has ended now
     */
    private record Contact(boolean made, Optional<RunningContainer> container) {
        private static final Contact NONE = new Contact(false, Optional.empty());
    }

    private Contact connect(ContainerPlace place) {
        try {
            MonitorSocket socket = place.connect();
            socket.send(MonitorSocket.CONTROL, 0, new byte[0]);
            socket.send(MonitorSocket.STATUS, 1, new byte[0]);
            MonitorSocket.Answer answer = socket.receive();
            while (answer.tag() != 1) {
                answer = socket.receive();
            }
            PlanFields status = answer.fields();
            int pid = (int) status.number();
            long ticks = status.number();
            boolean started = status.number() != 0;
            boolean terminal = status.number() != 0;
            if (!started) {
                abandon(socket);
                return new Contact(true, Optional.empty());
            }
            return new Contact(
                    true, Optional.of(new MonitorContainer(place, isolation, pid, ticks, terminal).adopted(socket)));
        } catch (IOException e) {
            return Contact.NONE;
        }
    }

    @Override
    public void clear(Path stateDirectory) {
        String name = String.valueOf(stateDirectory.getFileName());
        ContainerRemains.remove(new ContainerPlace(name, stateDirectory, stateDirectory), isolation, null);
    }

    /** A container that was prepared by an engine that died before it started it: its monitor ends without a client. */
    private static void abandon(MonitorSocket socket) {
        try (socket) {
            socket.channel().shutdownOutput();
            while (socket.channel().read(java.nio.ByteBuffer.allocate(64)) >= 0) {
                // Until it is gone.
            }
        } catch (IOException e) {
            // It is gone.
        }
    }

    @Override
    public void close() {
        zygote.close();
    }
}
