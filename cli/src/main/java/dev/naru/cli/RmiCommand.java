package dev.naru.cli;

import java.util.List;

/** {@code naru rmi}. */
final class RmiCommand extends Command {
    RmiCommand() {
        super(
                "rmi",
                "[OPTIONS] IMAGE [IMAGE...]",
                "Remove one or more images",
                1,
                Integer.MAX_VALUE,
                List.of(
                        Option.flag("force", 'f', "Force removal of the image"),
                        Option.flag("no-prune", (char) 0, "Do not delete untagged parents"),
                        Option.list("platform", (char) 0, "strings", "Remove only the given platform variant")));
    }

    @Override
    int run(Session session, Arguments arguments) {
        return session.each(arguments.operands(), image -> {
            var query = new Query("/images/" + Query.encode(image))
                    .maybe("force", arguments.is("force") ? "1" : "")
                    .maybe("noprune", arguments.is("no-prune") ? "1" : "");
            arguments.strings("platform").forEach(platform -> query.maybe("platforms", Platforms.json(platform)));
            Object removed = session.engine().send("DELETE", query, null).json();
            for (Object step : Json.list(removed)) {
                String deleted = Json.text(step, "Deleted");
                session.out()
                        .println(
                                deleted.isEmpty() ? "Untagged: " + Json.text(step, "Untagged") : "Deleted: " + deleted);
            }
        });
    }
}
