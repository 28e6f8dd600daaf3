package dev.naru.cli;

import java.io.IOException;
import java.util.List;

/** {@code naru container prune}, {@code image prune} and {@code volume prune}. */
final class PruneCommand extends Command {
    private final String kind;

    PruneCommand(String kind) {
        super(
                kind + " prune",
                "[OPTIONS]",
                "Remove unused " + kind + "s",
                0,
                0,
                List.of(
                        Option.flag("all", 'a', "Remove all unused ones, not only dangling or anonymous ones"),
                        Option.list("filter", (char) 0, "Remove only what matches: key=value"),
                        Option.flag("force", 'f', "Do not prompt for confirmation")));
        this.kind = kind;
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        if (!arguments.is("force") && !confirmed(session)) {
            return 1;
        }
        var filters = new java.util.ArrayList<>(arguments.list("filter"));
        if (arguments.is("all")) {
            filters.add(kind.equals("volume") ? "all=true" : "dangling=false");
        }
        Object answer = session.engine()
                .send("POST", new Query("/" + kind + "s/prune").filters(filters).toString(), null)
                .json();
        for (String field : List.of("ContainersDeleted", "VolumesDeleted")) {
            Json.list(Json.at(answer, field)).forEach(session.out()::println);
        }
        for (Object image : Json.list(Json.at(answer, "ImagesDeleted"))) {
            String deleted = Json.text(image, "Deleted");
            session.out()
                    .println(deleted.isEmpty() ? "untagged: " + Json.text(image, "Untagged") : "deleted: " + deleted);
        }
        session.out().println("Total reclaimed space: " + Units.size(Json.number(answer, "SpaceReclaimed")));
        return 0;
    }

    private boolean confirmed(Session session) throws IOException {
        session.out()
                .print("WARNING! This will remove all unused " + kind
                        + "s.\nAre you sure you want to continue? [y/N] ");
        session.out().flush();
        int answer = session.in().read();
        return answer == 'y' || answer == 'Y';
    }
}
