package dev.naru.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** {@code naru import}. */
final class ImportCommand extends Command {
    ImportCommand() {
        super(
                "import",
                "[OPTIONS] file|- [REPOSITORY[:TAG]]",
                "Import the contents from a tarball to create a filesystem image",
                1,
                2,
                List.of(
                        Option.list("change", 'c', "Apply Dockerfile instruction to the created image"),
                        Option.value("message", 'm', "string", "Set commit message for imported image"),
                        Option.value("platform", (char) 0, "string", "Set platform")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        Reference reference =
                arguments.operands().size() > 1 ? Reference.parse(arguments.operand(1)) : new Reference("", "");
        var query = new Query("/images/create")
                .with("fromSrc", "-")
                .maybe("repo", reference.repository())
                .maybe("tag", reference.tag())
                .maybe("message", arguments.get("message"))
                .maybe("platform", arguments.get("platform"));
        arguments.list("change").forEach(change -> query.with("changes", change));
        String source = arguments.operand(0);
        try (InputStream tar = source.equals("-") ? session.in() : new FileInputStream(source)) {
            Progress.print(session.engine().upload("POST", query.toString(), "application/x-tar", tar), session);
        }
        return 0;
    }
}
