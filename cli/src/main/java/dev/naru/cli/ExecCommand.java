package dev.naru.cli;

import dev.naru.http.Hijacked;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru exec}. */
final class ExecCommand extends Command {
    ExecCommand() {
        super(
                "exec",
                "[OPTIONS] CONTAINER COMMAND [ARG...]",
                "Execute a command in a running container",
                2,
                Integer.MAX_VALUE,
                List.of(
                        Option.flag("detach", 'd', "Detached mode: run command in the background"),
                        Option.value("detach-keys", (char) 0, "string", "Key sequence for detaching a container"),
                        Option.list("env", 'e', "Set environment variables"),
                        Option.list("env-file", (char) 0, "Read in a file of environment variables"),
                        Option.flag("interactive", 'i', "Keep STDIN open even if not attached"),
                        Option.flag("privileged", (char) 0, "Give extended privileges to the command"),
                        Option.flag("tty", 't', "Allocate a pseudo-TTY"),
                        Option.value("user", 'u', "string", "Username or UID (format: <name|uid>[:<group|gid>])"),
                        Option.value("workdir", 'w', "string", "Working directory inside the container")));
    }

    @Override
    boolean interspersed() {
        return false;
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        boolean detach = arguments.is("detach");
        boolean tty = arguments.is("tty");
        boolean stdin = arguments.is("interactive") && !detach;
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("User", arguments.get("user", ""));
        body.put("Privileged", arguments.is("privileged"));
        body.put("Tty", tty);
        body.put("AttachStdin", stdin);
        body.put("AttachStdout", !detach);
        body.put("AttachStderr", !detach);
        body.put("Env", Environment.read(arguments.list("env-file"), arguments.list("env")));
        body.put("WorkingDir", arguments.get("workdir", ""));
        body.put("DetachKeys", session.detachKeys(arguments));
        body.put(
                "Cmd",
                List.copyOf(arguments.operands().subList(1, arguments.operands().size())));
        int @Nullable [] size = tty ? Tty.size(1) : null;
        if (size != null) {
            body.put("ConsoleSize", List.of(size[0], size[1]));
        }
        String container = arguments.operand(0);
        if (tty && stdin && !Tty.isTerminal(0)) {
            // That a container is not there is the worse news.
            session.engine()
                    .send("GET", ContainerActions.path(container, "json"), null)
                    .json();
            throw new CliException("the input device is not a TTY");
        }
        String id = Json.text(
                session.engine()
                        .send("POST", ContainerActions.path(container, "exec"), JsonText.compact(body))
                        .json(),
                "Id");
        String start = JsonText.compact(Map.of("Detach", detach, "Tty", tty));
        if (detach) {
            session.engine().send("POST", "/exec/" + id + "/start", start).close();
            return 0;
        }
        return attached(session, id, start, tty, stdin);
    }

    private static int attached(Session session, String id, String start, boolean tty, boolean stdin)
            throws IOException {
        try (Hijacked stream = start(session, id, start)) {
            new Foreground(session, tty).follow(stream, stdin, "/exec/" + id + "/resize");
            Object exec =
                    session.engine().send("GET", "/exec/" + id + "/json", null).json();
            if (tty && stdin && Json.is(exec, "Running")) {
                throw new CliException("read escape sequence");
            }
            return (int) Json.number(exec, "ExitCode");
        }
    }

    private static Hijacked start(Session session, String id, String start) {
        try {
            return session.engine().hijack("/exec/" + id + "/start", start);
        } catch (EngineRefusal e) {
            int code = RunCommand.startCode(String.valueOf(e.getMessage()));
            throw new CliException(code == 125 ? 1 : code, String.valueOf(e.getMessage()));
        }
    }
}
