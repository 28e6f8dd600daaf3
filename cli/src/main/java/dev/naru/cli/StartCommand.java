package dev.naru.cli;

import dev.naru.http.Hijacked;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code naru start}. */
final class StartCommand extends Command {
    StartCommand() {
        super(
                "start",
                "[OPTIONS] CONTAINER [CONTAINER...]",
                "Start one or more stopped containers",
                1,
                Integer.MAX_VALUE,
                List.of(
                        Option.flag("attach", 'a', "Attach STDOUT/STDERR and forward signals"),
                        Option.value("detach-keys", (char) 0, "string", "Key sequence for detaching a container"),
                        Option.flag("interactive", 'i', "Attach container's STDIN")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException, InterruptedException {
        boolean attach = arguments.is("attach") || arguments.is("interactive");
        if (!attach) {
            List<String> failed = new ArrayList<>(arguments.operands());
            int code = session.each(arguments.operands(), container -> {
                session.engine()
                        .send("POST", ContainerActions.path(container, "start"), null)
                        .close();
                session.out().println(container);
                failed.remove(container);
            });
            if (code != 0) {
                session.err().println("Error: failed to start containers: " + String.join(", ", failed));
            }
            return code;
        }
        if (arguments.operands().size() > 1) {
            throw new CliException("you cannot start and attach multiple containers at once");
        }
        String container = arguments.operand(0);
        Object state = session.engine()
                .send("GET", ContainerActions.path(container, "json"), null)
                .json();
        boolean stdin = arguments.is("interactive") && Json.is(state, "Config", "OpenStdin");
        var foreground = new Foreground(session, Json.is(state, "Config", "Tty"));
        foreground.passSignals(container);
        try (Hijacked attached = AttachCommand.attach(session, container, stdin, session.detachKeys(arguments));
                Reply exit = session.engine()
                        .send("POST", ContainerActions.path(container, "wait") + "?condition=next-exit", null)) {
            RunCommand.start(session, container);
            foreground.follow(attached, stdin, ContainerActions.path(container, "resize"));
            return ContainerExit.await(exit, session, container).orElse(0);
        }
    }
}
