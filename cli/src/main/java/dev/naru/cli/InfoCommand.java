package dev.naru.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru info}. */
final class InfoCommand extends Command {
    InfoCommand() {
        super(
                "info",
                "[OPTIONS]",
                "Display system-wide information",
                0,
                0,
                List.of(Option.value("format", 'f', "string", "'json' or a Go template")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        Object info = session.engine().send("GET", "/info", null).json();
        String format = arguments.get("format");
        if (format != null) {
            session.out()
                    .println(
                            format.equals("json")
                                    ? JsonText.compact(info)
                                    : Templates.apply(Templates.parse(format), info));
            return 0;
        }
        Map<String, @Nullable Object> fields = Json.object(info);
        for (String key : fields.keySet()) {
            Object value = fields.get(key);
            if (value instanceof Map<?, ?> || value instanceof List<?>) {
                nested(session, key, value);
            } else if (value != null && !value.equals("")) {
                session.out().println(key + ": " + TemplateValue.text(value));
            }
        }
        Json.list(fields.get("Warnings")).forEach(warning -> session.err().println(warning));
        return 0;
    }

    private static void nested(Session session, String key, Object value) {
        if (key.equals("DriverStatus")) {
            Json.list(value).forEach(pair -> session.out()
                    .println(" " + Json.list(pair).getFirst() + ": "
                            + Json.list(pair).getLast()));
        } else if (TemplateValue.truth(value)) {
            session.out().println(key + ": " + JsonText.compact(value));
        }
    }
}
