package dev.naru.cli;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** {@code naru run}: create, attach, wait, start, in this order, so that nothing is missed. */
final class RunCommand extends Command {
    RunCommand() {
        super(
                "run",
                "[OPTIONS] IMAGE [COMMAND] [ARG...]",
                "Create and run a new container from an image",
                1,
                Integer.MAX_VALUE,
                RunOptions.run());
    }

    @Override
    boolean interspersed() {
        return false;
    }

    @Override
    int usageCode() {
        return 125;
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException, InterruptedException {
        boolean detach = arguments.is("detach");
        if (detach && arguments.has("attach")) {
            throw new CliException(125, "conflicting options: cannot specify both --attach and --detach");
        }
        Map<String, @Nullable Object> body = new CreateBody(arguments).build(!detach);
        String id;
        try {
            id = CreateCommand.create(session, arguments, body);
        } catch (EngineRefusal e) {
            throw new CliException(125, "Error response from daemon: " + e.getMessage());
        } catch (CliException e) {
            throw new CliException(125, String.valueOf(e.getMessage()));
        }
        if (detach) {
            start(session, id);
            session.out().println(id);
            return 0;
        }
        return foreground(session, arguments, id, body);
    }

    private static int foreground(Session session, Arguments arguments, String id, Map<String, @Nullable Object> body)
            throws IOException, InterruptedException {
        boolean tty = arguments.is("tty");
        boolean stdin = Boolean.TRUE.equals(body.get("AttachStdin"));
        if (tty && stdin && !Tty.isTerminal(0)) {
            throw new CliException(125, "the input device is not a TTY");
        }
        try (EngineConnection streams = session.engine().another();
                EngineConnection waiting = session.engine().another()) {
            EngineConnection.Hijacked attached = streams.hijack(
                    new Query(ContainerActions.path(id, "attach"))
                            .with("stream", 1)
                            .maybe("stdin", stdin ? "1" : "")
                            .maybe("stdout", Boolean.TRUE.equals(body.get("AttachStdout")) ? "1" : "")
                            .maybe("stderr", Boolean.TRUE.equals(body.get("AttachStderr")) ? "1" : "")
                            .maybe("detachKeys", arguments.get("detach-keys"))
                            .toString(),
                    null);
            String condition = arguments.is("rm") ? "removed" : "next-exit";
            // The engine answers its headers once the wait is registered: only then may the container start.
            Reply exit = waiting.send("POST", ContainerActions.path(id, "wait") + "?condition=" + condition, null);
            start(session, id);
            if (!arguments.has("sig-proxy") || arguments.is("sig-proxy")) {
                forwardSignals(session, id, tty);
            }
            Tty raw = tty && stdin ? Tty.raw(0) : null;
            if (tty) {
                Foreground.followSize(session.engine().another(), ContainerActions.path(id, "resize"));
            }
            try {
                new Foreground(session, tty).copy(attached, stdin);
            } finally {
                if (raw != null) {
                    raw.close();
                }
            }
            session.out().flush();
            return exitCode(exit, session, id);
        }
    }

    private static void forwardSignals(Session session, String id, boolean tty) {
        if (tty) {
            return;
        }
        Signals.forward(signal -> {
            try (EngineConnection engine = session.engine().another()) {
                engine.send("POST", ContainerActions.path(id, "kill") + "?signal=" + signal, null)
                        .close();
            } catch (EngineRefusal | CliException gone) {
                // It has ended: there is nobody left to tell.
                return;
            }
        });
    }

    /** The exit code; 0 when the client has detached and the container goes on. */
    private static int exitCode(Reply exit, Session session, String id) throws IOException, InterruptedException {
        var answer = new FutureTask<@Nullable Object>(exit::json);
        Thread.ofPlatform().daemon().start(answer);
        while (true) {
            try {
                Object result = answer.get(250, java.util.concurrent.TimeUnit.MILLISECONDS);
                String error = Json.text(result, "Error", "Message");
                if (!error.isEmpty()) {
                    session.err().println("Error waiting for container: " + error);
                    return 125;
                }
                return (int) Json.number(result, "StatusCode");
            } catch (java.util.concurrent.TimeoutException e) {
                if (runs(session, id)) {
                    return 0;
                }
            } catch (java.util.concurrent.ExecutionException e) {
                throw new CliException(125, "error waiting for container: " + e.getCause());
            }
        }
    }

    private static boolean runs(Session session, String id) throws IOException {
        try {
            return Json.is(
                    session.engine()
                            .send("GET", ContainerActions.path(id, "json"), null)
                            .json(),
                    "State",
                    "Running");
        } catch (EngineRefusal removed) {
            return false;
        }
    }

    /** Starts it; what keeps it from starting decides the exit code as it does for docker. */
    static void start(Session session, String id) {
        try {
            session.engine()
                    .send("POST", ContainerActions.path(id, "start"), null)
                    .close();
        } catch (EngineRefusal e) {
            throw new CliException(
                    startCode(String.valueOf(e.getMessage())), "Error response from daemon: " + e.getMessage());
        }
    }

    static int startCode(String message) {
        if (message.contains("executable file not found")
                || message.contains("no such file or directory")
                || message.contains("system cannot find the file specified")) {
            return 127;
        }
        return message.contains("permission denied")
                        || message.contains("is a directory")
                        || message.contains("exec format error")
                ? 126
                : 125;
    }
}
