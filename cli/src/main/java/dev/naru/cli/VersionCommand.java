package dev.naru.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
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
    int run(Session session, Arguments arguments) throws IOException {
        Map<String, @Nullable Object> client = new LinkedHashMap<>();
        client.put("Version", Naru.version());
        client.put("ApiVersion", session.engine().apiVersion());
        client.put("JavaVersion", System.getProperty("java.version"));
        client.put("Os", "linux");
        client.put("Arch", System.getProperty("os.arch"));
        Object server = null;
        CliException unreachable = null;
        try {
            server = session.engine().send("GET", "/version", null).json();
        } catch (CliException e) {
            unreachable = e;
        }
        String format = arguments.get("format");
        if (format != null) {
            Map<String, @Nullable Object> both = new LinkedHashMap<>();
            both.put("Client", client);
            both.put("Server", server);
            session.out()
                    .println(
                            format.equals("json")
                                    ? JsonText.compact(both)
                                    : Templates.apply(Templates.parse(format), both));
        } else {
            print(session, client, server);
        }
        if (unreachable != null) {
            throw unreachable;
        }
        return 0;
    }

    private static void print(Session session, Map<String, @Nullable Object> client, @Nullable Object server) {
        session.out().println("Client:");
        client.forEach((key, value) -> line(session, key, String.valueOf(value)));
        if (server == null) {
            return;
        }
        session.out().println();
        session.out().println("Server: " + Json.text(server, "Platform", "Name"));
        for (String key :
                List.of("Version", "ApiVersion", "MinAPIVersion", "Os", "Arch", "KernelVersion", "BuildTime")) {
            line(session, key, Json.text(server, key));
        }
        for (Object component : Json.list(Json.at(server, "Components"))) {
            line(session, Json.text(component, "Name"), Json.text(component, "Version"));
        }
    }

    private static void line(Session session, String key, String value) {
        if (!value.isEmpty()) {
            session.out().println(" " + key + ":" + " ".repeat(Math.max(1, 18 - key.length())) + value);
        }
    }
}
