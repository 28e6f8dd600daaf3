package dev.naru.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Shows objects in full: what all inspect commands share. */
final class Inspection {
    private Inspection() {}

    /**
     * Prints what is found, as JSON or by the template, and tells what is not; answers the exit code.
     *
     * @param find throws {@link EngineRefusal} or {@link CliException} when there is no such thing
     */
    static int show(
            Session session, List<String> names, @Nullable String format, Function<String, @Nullable Object> find) {
        boolean json = format == null || format.isEmpty() || format.equals("json");
        Template template = json ? null : Templates.parse(String.valueOf(format));
        List<@Nullable Object> found = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String name : names) {
            try {
                Object object = find.apply(name);
                if (template != null) {
                    session.out().println(Templates.apply(template, object));
                } else {
                    found.add(object);
                }
            } catch (EngineRefusal e) {
                problems.add("Error response from daemon: " + e.getMessage());
            } catch (CliException e) {
                if (e.code() != 1) {
                    throw e;
                }
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        if (template == null) {
            session.out().println("json".equals(format) ? JsonText.compact(found) : JsonText.pretty(found));
        }
        session.out().flush();
        problems.forEach(session.err()::println);
        return problems.isEmpty() ? 0 : 1;
    }
}
