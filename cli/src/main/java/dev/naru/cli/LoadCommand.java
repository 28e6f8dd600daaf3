package dev.naru.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** {@code naru load}. */
final class LoadCommand extends Command {
    LoadCommand() {
        super(
                "load",
                "[OPTIONS]",
                "Load an image from a tar archive or STDIN",
                0,
                0,
                List.of(
                        Option.value("input", 'i', "string", "Read from tar archive file, instead of STDIN"),
                        Option.list("platform", (char) 0, "string", "Load only the given platform"),
                        Option.flag("quiet", 'q', "Suppress the load output")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        String file = arguments.get("input");
        if (file == null && Tty.isTerminal(0)) {
            throw new CliException("requested load from stdin, but stdin is empty");
        }
        try (InputStream archive = file == null ? session.in() : new FileInputStream(file)) {
            var query = new Query("/images/load").with("quiet", arguments.is("quiet") ? 1 : 0);
            arguments.strings("platform").forEach(platform -> query.maybe("platform", Platforms.json(platform)));
            Progress.print(session.engine().upload("POST", query.toString(), "application/x-tar", archive), session);
        }
        return 0;
    }
}
