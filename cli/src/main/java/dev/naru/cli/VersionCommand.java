package dev.naru.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru version}. */
final class VersionCommand extends Command {
    VersionCommand() {
        super(
                "version",
                "[OPTIONS]",
                "Show the Naru version information",
                0,
                0,
                List.of(Option.value("format", 'f', "string", "'json' or a Go template")));
    }

    @Override
    int run(Session session, Arguments arguments) {
        String format = arguments.get("format");
        Template template = format == null || format.equals("json") ? null : Templates.parse(format);
        Object server = null;
        String spoken = "1.51";
        String problem = "";
        try {
            spoken = session.engine().apiVersion();
            server = session.engine().send("GET", "/version", null).json();
        } catch (CliException e) {
            problem = String.valueOf(e.getMessage());
        }
        Map<String, @Nullable Object> client = client(session, spoken);
        if (format != null) {
            Map<String, @Nullable Object> both = new LinkedHashMap<>();
            both.put("Client", client);
            both.put("Server", server);
            session.out().println(template == null ? JsonText.compact(both) : Templates.apply(template, both));
        } else {
            print(session, client, server);
        }
        if (!problem.isEmpty()) {
            throw new CliException(problem);
        }
        return 0;
    }

    private static Map<String, @Nullable Object> client(Session session, String spoken) {
        Map<String, @Nullable Object> client = new LinkedHashMap<>();
        client.put("Version", Naru.version());
        client.put("ApiVersion", spoken);
        client.put("DefaultAPIVersion", "1.51");
        client.put("JavaVersion", System.getProperty("java.version"));
        client.put("Os", "linux");
        client.put("Arch", System.getProperty("os.arch"));
        client.put("Context", session.choice().contextName());
        return client;
    }

    private static void print(Session session, Map<String, @Nullable Object> client, @Nullable Object server) {
        session.out().println("Client:");
        line(session, " ", "Version", Json.text(client, "Version"));
        line(session, " ", "API version", Json.text(client, "ApiVersion"));
        line(session, " ", "Java version", Json.text(client, "JavaVersion"));
        line(session, " ", "OS/Arch", "linux/" + Json.text(client, "Arch"));
        line(session, " ", "Context", Json.text(client, "Context"));
        if (server == null) {
            return;
        }
        String platform = Json.text(server, "Platform", "Name");
        session.out().println();
        session.out().println("Server:" + (platform.isEmpty() ? "" : " " + platform));
        for (Object component : Json.list(Json.at(server, "Components"))) {
            component(session, component);
        }
    }

    private static void component(Session session, @Nullable Object component) {
        session.out().println(" " + Json.text(component, "Name") + ":");
        line(session, "  ", "Version", Json.text(component, "Version"));
        Object details = Json.at(component, "Details");
        String api = Json.text(details, "ApiVersion");
        if (api.isEmpty()) {
            Json.object(details).forEach((key, value) -> line(session, "  ", key, String.valueOf(value)));
            return;
        }
        line(session, "  ", "API version", api + " (minimum version " + Json.text(details, "MinAPIVersion") + ")");
        some(session, "Go version", Json.text(details, "GoVersion"));
        some(session, "Java version", Json.text(details, "JavaVersion"));
        some(session, "Git commit", Json.text(details, "GitCommit"));
        some(session, "Built", built(Json.text(details, "BuildTime")));
        line(session, "  ", "OS/Arch", Json.text(details, "Os") + "/" + Json.text(details, "Arch"));
        line(session, "  ", "Experimental", Json.text(details, "Experimental"));
    }

    private static String built(String time) {
        try {
            return DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT)
                    .withZone(ZoneId.systemDefault())
                    .format(Instant.parse(time));
        } catch (DateTimeParseException e) {
            return time;
        }
    }

    private static void some(Session session, String name, String value) {
        if (!value.isEmpty()) {
            line(session, "  ", name, value);
        }
    }

    private static void line(Session session, String indent, String name, String value) {
        session.out()
                .println(indent + name + ":" + " ".repeat(Math.max(1, 20 - indent.length() - name.length() - 1))
                        + value);
    }
}
