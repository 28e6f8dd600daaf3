package dev.naru.cli;

import java.util.LinkedHashMap;
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
    int run(Session session, Arguments arguments) {
        String format = arguments.get("format");
        Template template = format == null || format.equals("json") ? null : Templates.parse(format);
        Object info = null;
        String problem = "";
        try {
            info = session.engine().send("GET", "/info", null).json();
        } catch (CliException e) {
            problem = String.valueOf(e.getMessage());
        }
        if (format != null) {
            Map<String, @Nullable Object> both = new LinkedHashMap<>(Json.object(info));
            both.put("ClientInfo", client(session));
            if (!problem.isEmpty()) {
                both.put("ServerErrors", List.of(problem));
            }
            session.out().println(template == null ? JsonText.compact(both) : Templates.apply(template, both));
        } else {
            print(session, info, problem);
        }
        return problem.isEmpty() ? 0 : 1;
    }

    private static Map<String, @Nullable Object> client(Session session) {
        Map<String, @Nullable Object> client = new LinkedHashMap<>();
        client.put("Debug", session.choice().debug());
        client.put("Version", Naru.version());
        client.put("Context", session.choice().contextName());
        client.put("Plugins", List.of());
        client.put("Warnings", null);
        return client;
    }

    private static void print(Session session, @Nullable Object info, String problem) {
        session.out().println("Client:");
        session.out().println(" Version:    " + Naru.version());
        session.out().println(" Context:    " + session.choice().contextName());
        session.out().println(" Debug Mode: " + session.choice().debug());
        session.out().println();
        session.out().println("Server:");
        if (problem.isEmpty()) {
            new InfoText(session.out(), info).print();
        } else {
            session.err().println(problem);
        }
        session.out().println();
        session.out().flush();
        Json.list(Json.at(info, "Warnings")).forEach(session.err()::println);
    }
}
