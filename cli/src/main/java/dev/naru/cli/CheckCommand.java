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
                List.of(Option.flag("repair", (char) 0, "Mend what is found")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        boolean repair = arguments.is("repair");
        List<@Nullable Object> problems = Json.list(session.engine()
                .send("POST", "/system/check" + (repair ? "?repair=1" : ""), null)
                .json());
        problems.forEach(session.out()::println);
        if (problems.isEmpty()) {
            session.out().println("clean");
            return 0;
        }
        return repair ? 0 : 1;
    }
}
