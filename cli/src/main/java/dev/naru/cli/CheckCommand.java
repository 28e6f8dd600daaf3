package dev.naru.cli;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code naru system check}. */
final class CheckCommand extends Command {
    CheckCommand() {
        super(
                "system check",
                "[OPTIONS]",
                "Compare disk, kernel and database, and mend what does not agree",
                0,
                0,
                List.of(
                        Option.flag("repair", (char) 0, "Mend what is found"),
                        Option.value("format", (char) 0, "string", "'json' for a list of objects")));
    }

    /** 0 when nothing is wrong (any more), 1 when something is, 2 when mending it took giving something up. */
    @Override
    int run(Session session, Arguments arguments) throws IOException {
        String format = arguments.get("format");
        if (format != null && !format.equals("json")) {
            throw new CliException("invalid format \"" + format + "\": json is the only one");
        }
        List<@Nullable Object> problems = Json.list(session.engine()
                .send("POST", "/system/check?details=1" + (arguments.is("repair") ? "&repair=1" : ""), null)
                .json());
        if (format != null) {
            session.out().println(JsonText.compact(problems));
        } else {
            problems.forEach(each -> session.out().println(text(each)));
            if (problems.isEmpty()) {
                session.out().println("clean");
            }
        }
        boolean open = problems.stream().anyMatch(each -> !Json.is(each, "Repaired"));
        boolean lost = problems.stream().anyMatch(each -> Json.is(each, "Lost"));
        return open ? 1 : lost ? 2 : 0;
    }

    private static String text(@Nullable Object finding) {
        String hint = Json.text(finding, "Hint");
        String done = Json.is(finding, "Lost") ? ": given up" : Json.is(finding, "Repaired") ? ": repaired" : "";
        return Json.text(finding, "Subject") + ": " + Json.text(finding, "Problem") + done
                + (hint.isEmpty() ? "" : ": " + hint);
    }
}
