package dev.naru.cli;

import dev.naru.http.Hijacked;
import java.io.IOException;
import java.util.Map;
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
    int run(Session session, Arguments arguments) throws IOException, InterruptedException {
        checkTerminal(arguments);
        try {
            return checked(session, arguments);
        } catch (EngineRefusal e) {
            throw told("run", new CliException("Error response from daemon: " + e.getMessage()));
        } catch (CliException e) {
            throw told("run", e);
        }
    }

    /** What is wrong before there is a container. */
    private static void checkTerminal(Arguments arguments) {
        boolean detach = arguments.is("detach");
        if (detach && arguments.has("attach")) {
            throw new CliException("conflicting options: cannot specify both --attach and --detach");
        }
        boolean stdin = arguments.has("attach")
                ? arguments.list("attach").stream().anyMatch("stdin"::equalsIgnoreCase)
                : arguments.is("interactive");
        if (!detach && arguments.is("tty") && stdin && !Tty.isTerminal(0)) {
            throw new CliException("the input device is not a TTY");
        }
    }

    /** What went wrong, with the command's name before and its help behind it; 125 unless it has a code of its own. */
    static CliException told(String command, CliException e) {
        return new CliException(
                e.code() == 1 ? 125 : e.code(),
                "naru: " + e.getMessage() + "\n\nRun 'naru " + command + " --help' for more information");
    }

    private static int checked(Session session, Arguments arguments) throws IOException, InterruptedException {
        boolean detach = arguments.is("detach");
        Map<String, @Nullable Object> body = new CreateBody(arguments).build(!detach);
        String id = CreateCommand.create(session, arguments, body);
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
        var foreground = new Foreground(session, tty);
        try (Hijacked attached = session.engine()
                .hijack(
                        new Query(ContainerActions.path(id, "attach"))
                                .with("stream", 1)
                                .maybe("stdin", stdin ? "1" : "")
                                .maybe("stdout", Boolean.TRUE.equals(body.get("AttachStdout")) ? "1" : "")
                                .maybe("stderr", Boolean.TRUE.equals(body.get("AttachStderr")) ? "1" : "")
                                .maybe("detachKeys", session.detachKeys(arguments)),
                        null)) {
            String condition = arguments.is("rm") ? "removed" : "next-exit";
            // The engine answers its headers once the wait is registered: only then may the container start.
            Reply exit =
                    session.engine().send("POST", ContainerActions.path(id, "wait") + "?condition=" + condition, null);
            start(session, id);
            if (!arguments.has("sig-proxy") || arguments.is("sig-proxy")) {
                foreground.passSignals(id);
            }
            foreground.follow(attached, stdin, ContainerActions.path(id, "resize"));
            return ContainerExit.await(exit, session, id).orElse(0);
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
