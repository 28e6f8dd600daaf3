package dev.naru.cli;

import java.io.IOException;
import java.util.List;

/** {@code naru logs}. */
final class LogsCommand extends Command {
    LogsCommand() {
        super(
                "logs",
                "[OPTIONS] CONTAINER",
                "Fetch the logs of a container",
                1,
                1,
                List.of(
                        Option.flag("details", (char) 0, "Show extra details provided to logs"),
                        Option.flag("follow", 'f', "Follow log output"),
                        Option.value("since", (char) 0, "string", "Show logs since timestamp or relative (e.g. 42m)"),
                        Option.value("until", (char) 0, "string", "Show logs before timestamp or relative (e.g. 42m)"),
                        Option.value("tail", 'n', "string", "Number of lines to show from the end of the logs"),
                        Option.flag("timestamps", 't', "Show timestamps")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        String container = arguments.operand(0);
        boolean tty = Json.is(
                session.engine()
                        .send("GET", ContainerActions.path(container, "json"), null)
                        .json(),
                "Config",
                "Tty");
        var query = new Query(ContainerActions.path(container, "logs"))
                .with("stdout", 1)
                .with("stderr", 1)
                .maybe("follow", arguments.is("follow") ? "1" : "")
                .maybe("details", arguments.is("details") ? "1" : "")
                .maybe("timestamps", arguments.is("timestamps") ? "1" : "")
                .maybe("since", Times.seconds(arguments.get("since")))
                .maybe("until", Times.seconds(arguments.get("until")))
                .maybe("tail", arguments.get("tail"));
        Reply reply = session.engine().send("GET", query.toString(), null);
        if (tty) {
            byte[] buffer = new byte[1 << 15];
            int count;
            while ((count = reply.body().read(buffer)) >= 0) {
                session.out().write(buffer, 0, count);
                session.out().flush();
            }
        } else {
            Foreground.demultiplex(reply.body(), session.out(), session.err());
        }
        return 0;
    }
}
