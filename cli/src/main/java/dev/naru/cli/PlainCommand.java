package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;

/** A command that is one method. */
class PlainCommand extends Command {
    private final Body body;

    PlainCommand(String name, String synopsis, String summary, int least, int most, List<Option> options, Body body) {
        super(name, synopsis, summary, least, most, options);
        this.body = requireNonNull(body, "body");
    }

    /** What it does. */
    interface Body {
        int run(Session session, Arguments arguments) throws IOException, InterruptedException;
    }

    @Override
    final int run(Session session, Arguments arguments) throws IOException, InterruptedException {
        return body.run(session, arguments);
    }
}
