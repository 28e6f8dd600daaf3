package dev.naru.cli;

import dev.naru.http.HttpServer;
import dev.naru.http.Limits;
import dev.naru.http.ListenAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code naru autobuild}. */
final class AutobuildCommand extends Command {
    AutobuildCommand() {
        super(
                "autobuild",
                "[OPTIONS]",
                "Build images of git repositories when they change",
                0,
                0,
                List.of(
                        Option.value("file", 'f', "string", "Configuration (default \"autobuild.json\")"),
                        Option.flag("once", (char) 0, "Look at all repositories once, build what is new, and end"),
                        Option.flag("retry", (char) 0, "Build again what failed although nothing has changed"),
                        Option.value(
                                "state",
                                (char) 0,
                                "string",
                                "Directory of what was built (default \"/var/lib/naru/autobuild\")"),
                        Option.flag("status", (char) 0, "Show the last builds and end")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException, InterruptedException {
        Path directory =
                Path.of(arguments.get("state", "/var/lib/naru/autobuild")).toAbsolutePath();
        if (arguments.is("status")) {
            return status(session, AutobuildState.look(directory));
        }
        AutobuildConfig config = AutobuildConfig.read(Path.of(arguments.get("file", "autobuild.json")));
        try (AutobuildState state = AutobuildState.open(directory)) {
            var watch = new AutobuildWatch(session, config, state, new AutobuildPrograms(), arguments.is("retry"));
            if (arguments.is("once")) {
                return watch.once();
            }
            if (config.listen().isEmpty()) {
                watch.forever();
                return 0;
            }
            try (var server = new HttpServer(new AutobuildServer(config, state, watch::look), Limits.DEFAULT)) {
                session.err()
                        .println("listening on " + server.listen(ListenAddress.parse(config.listen(), null, null)));
                watch.forever();
            }
        }
        return 0;
    }

    private static int status(Session session, List<AutobuildState.Built> all) {
        session.out()
                .printf(
                        "%-20s %-28s %-20s %-12s %-20s %s%n",
                        "REPOSITORY", "REFERENCE", "TAGS", "COMMIT", "TIME", "RESULT");
        for (AutobuildState.Built each : all) {
            session.out()
                    .printf(
                            "%-20s %-28s %-20s %-12s %-20s %s%n",
                            each.repository(),
                            each.reference(),
                            String.join(",", each.tags()),
                            each.commit()
                                    .substring(0, Math.min(12, each.commit().length())),
                            each.time(),
                            each.result());
        }
        return 0;
    }
}
