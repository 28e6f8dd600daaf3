package dev.naru.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru network …}. */
final class NetworkCommands extends Command {
    private NetworkCommands() {
        super(
                "network ls",
                "[OPTIONS]",
                "List networks",
                0,
                0,
                List.of(
                        Option.list("filter", 'f', "Show only what matches: key=value"),
                        Option.value("format", (char) 0, "string", "'table', 'json' or a Go template"),
                        Option.flag("no-trunc", (char) 0, "Do not truncate the output"),
                        Option.flag("quiet", 'q', "Only display network IDs")));
    }

    static @Nullable Command find(String name) {
        return switch (name) {
            case "ls", "list" -> new NetworkCommands();
            case "inspect" -> new InspectCommand("network");
            default -> null;
        };
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        Object networks = session.engine()
                .send(
                        "GET",
                        new Query("/networks").filters(arguments.list("filter")).toString(),
                        null)
                .json();
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Object network : Json.list(networks)) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("ID", Ids.show(Json.text(network, "Id"), arguments.is("no-trunc")));
            for (String field : List.of("Name", "Driver", "Scope")) {
                row.put(field, Json.text(network, field));
            }
            rows.add(row);
        }
        if (arguments.is("quiet")) {
            rows.forEach(row -> session.out().println(row.get("ID")));
            return 0;
        }
        Map<String, String> headings = new LinkedHashMap<>();
        headings.put("ID", "NETWORK ID");
        headings.put("Name", "NAME");
        headings.put("Driver", "DRIVER");
        headings.put("Scope", "SCOPE");
        new Listing(headings, "{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}")
                .print(session.out(), arguments.get("format"), rows);
        return 0;
    }
}
