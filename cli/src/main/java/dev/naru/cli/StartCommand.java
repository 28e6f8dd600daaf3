package dev.naru.cli;

import java.io.IOException;
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
    int run(Session session, Arguments arguments) throws IOException {
        boolean attach = arguments.is("attach") || arguments.is("interactive");
        if (!attach) {
            return session.each(arguments.operands(), container -> {
                session.engine()
                        .send("POST", ContainerActions.path(container, "start"), null)
                        .close();
                session.out().println(container);
            });
        }
        if (arguments.operands().size() > 1) {
            throw new CliException("you cannot start and attach multiple containers at once");
        }
        String container = arguments.operand(0);
        Object state = session.engine()
                .send("GET", ContainerActions.path(container, "json"), null)
                .json();
        try (EngineConnection streams = session.engine().another();
                EngineConnection waiting = session.engine().another()) {
            boolean stdin = arguments.is("interactive") && Json.is(state, "Config", "OpenStdin");
            EngineConnection.Hijacked attached =
                    AttachCommand.attach(streams, container, stdin, arguments.get("detach-keys"));
            Reply exit = waiting.send("POST", ContainerActions.path(container, "wait") + "?condition=next-exit", null);
            RunCommand.start(session, container);
            AttachCommand.follow(session, attached, Json.is(state, "Config", "Tty"), stdin, container);
            return (int) Json.number(exit.json(), "StatusCode");
        }
    }
}
