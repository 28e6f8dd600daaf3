package dev.naru.cli;

import java.io.IOException;
import java.util.List;

/** {@code naru save}. */
final class SaveCommand extends Command {
    SaveCommand() {
        super(
                "save",
                "[OPTIONS] IMAGE [IMAGE...]",
                "Save one or more images to a tar archive (streamed to STDOUT by default)",
                1,
                Integer.MAX_VALUE,
                List.of(
                        Option.value("output", 'o', "string", "Write to a file, instead of STDOUT"),
                        Option.list("platform", (char) 0, "string", "Save only the given platform")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        var query = new Query("/images/get");
        arguments.operands().forEach(image -> query.with("names", image));
        arguments.strings("platform").forEach(platform -> query.maybe("platform", Platforms.json(platform)));
        try (Reply reply = session.engine().send("GET", query.toString(), null)) {
            ContainerQueries.Streams.save(reply.body(), arguments.get("output"), session);
        }
        return 0;
    }
}
