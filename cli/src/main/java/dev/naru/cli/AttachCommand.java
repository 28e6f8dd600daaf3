package dev.naru.cli;

import dev.naru.http.Hijacked;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** {@code naru attach}. */
final class AttachCommand extends Command {
    AttachCommand() {
        super(
                "attach",
                "[OPTIONS] CONTAINER",
                "Attach local standard input, output, and error streams to a running container",
                1,
                1,
                List.of(
                        Option.value("detach-keys", (char) 0, "string", "Key sequence for detaching a container"),
                        Option.flag("no-stdin", (char) 0, "Do not attach STDIN"),
                        Option.flag("sig-proxy", (char) 0, "Proxy received signals to the process (default true)")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException, InterruptedException {
        String container = arguments.operand(0);
        Object state = session.engine()
                .send("GET", ContainerActions.path(container, "json"), null)
                .json();
        if (!Json.is(state, "State", "Running")) {
            throw new CliException("You cannot attach to a stopped container, start it first");
        }
        if (Json.is(state, "State", "Paused")) {
            throw new CliException("You cannot attach to a paused container, unpause it first");
        }
        boolean stdin = !arguments.is("no-stdin") && Json.is(state, "Config", "OpenStdin");
        boolean tty = Json.is(state, "Config", "Tty");
        var foreground = new Foreground(session, tty);
        if (!arguments.has("sig-proxy") || arguments.is("sig-proxy")) {
            foreground.passSignals(container);
        }
        try (Reply exit = session.engine().send("POST", ContainerActions.path(container, "wait"), null);
                Hijacked attached = attach(session, container, stdin, session.detachKeys(arguments))) {
            foreground.redraw(ContainerActions.path(container, "resize"));
            foreground.follow(attached, stdin, ContainerActions.path(container, "resize"));
            OptionalInt code = ContainerExit.await(exit, session, container);
            if (code.isEmpty() && stdin) {
                throw new CliException("read escape sequence");
            }
            return code.orElse(0);
        }
    }

    static Hijacked attach(Session session, String container, boolean stdin, @Nullable String detachKeys) {
        return session.engine()
                .hijack(
                        new Query(ContainerActions.path(container, "attach"))
                                .with("stream", 1)
                                .maybe("stdin", stdin ? "1" : "")
                                .with("stdout", 1)
                                .with("stderr", 1)
                                .maybe("detachKeys", detachKeys),
                        null);
    }
}
