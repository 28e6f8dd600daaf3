package dev.naru.cli;

import java.io.IOException;
import java.util.List;

/** {@code naru commit}. */
final class CommitCommand extends Command {
    CommitCommand() {
        super(
                "commit",
                "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
                "Create a new image from a container's changes",
                1,
                2,
                List.of(
                        Option.value("author", 'a', "string", "Author"),
                        Option.list("change", 'c', "Apply Dockerfile instruction to the created image"),
                        Option.value("message", 'm', "string", "Commit message"),
                        Option.flag("pause", 'p', "Pause container during commit (default true)"),
                        Option.flag("no-pause", (char) 0, "Do not pause container during commit")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        if (arguments.operands().size() > 1) {
            ImageName.parse(arguments.operand(1));
        }
        Reference reference =
                arguments.operands().size() > 1 ? Reference.parse(arguments.operand(1)) : new Reference("", "");
        boolean pause = !arguments.is("no-pause") && (!arguments.has("pause") || arguments.is("pause"));
        var query = new Query("/commit")
                .with("container", arguments.operand(0))
                .maybe("repo", reference.repository())
                .maybe("tag", reference.tag())
                .maybe("author", arguments.get("author"))
                .maybe("comment", arguments.get("message"))
                .with("pause", pause ? 1 : 0);
        arguments.list("change").forEach(change -> query.with("changes", change));
        session.out()
                .println(Json.text(
                        session.engine().send("POST", query.toString(), "{}").json(), "Id"));
        return 0;
    }
}
