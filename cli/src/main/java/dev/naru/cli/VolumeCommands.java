package dev.naru.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru volume …}. */
final class VolumeCommands extends Command {
    private final Body body;

    private VolumeCommands(
            String name, String synopsis, String summary, int least, int most, List<Option> options, Body body) {
        super("volume " + name, synopsis, summary, least, most, options);
        this.body = body;
    }

    private interface Body {
        int run(Session session, Arguments arguments) throws IOException;
    }

    static @Nullable Command find(String name) {
        return switch (name) {
            case "create" ->
                new VolumeCommands(
                        name,
                        "[OPTIONS] [VOLUME]",
                        "Create a volume",
                        0,
                        1,
                        List.of(
                                Option.value("driver", 'd', "string", "Specify volume driver name"),
                                Option.list("label", (char) 0, "Set metadata for a volume"),
                                Option.list("opt", 'o', "Set driver specific options")),
                        VolumeCommands::create);
            case "ls", "list" ->
                new VolumeCommands(
                        name,
                        "[OPTIONS]",
                        "List volumes",
                        0,
                        0,
                        List.of(
                                Option.list("filter", 'f', "Show only what matches: key=value"),
                                Option.value("format", (char) 0, "string", "'table', 'json' or a Go template"),
                                Option.flag("quiet", 'q', "Only display volume names")),
                        VolumeCommands::list);
            case "rm", "remove" ->
                new VolumeCommands(
                        name,
                        "[OPTIONS] VOLUME [VOLUME...]",
                        "Remove one or more volumes",
                        1,
                        Integer.MAX_VALUE,
                        List.of(Option.flag("force", 'f', "Force the removal of one or more volumes")),
                        VolumeCommands::remove);
            case "inspect" -> new InspectCommand("volume");
            case "prune" -> new PruneCommand("volume");
            default -> null;
        };
    }

    private static int create(Session session, Arguments arguments) throws IOException {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("Name", arguments.operands().isEmpty() ? "" : arguments.operand(0));
        body.put("Driver", arguments.get("driver", "local"));
        body.put("DriverOpts", Environment.pairs(arguments.list("opt")));
        body.put("Labels", Environment.pairs(arguments.list("label")));
        session.out()
                .println(Json.text(
                        session.engine()
                                .send("POST", "/volumes/create", JsonText.compact(body))
                                .json(),
                        "Name"));
        return 0;
    }

    private static int list(Session session, Arguments arguments) throws IOException {
        Object answer = session.engine()
                .send(
                        "GET",
                        new Query("/volumes").filters(arguments.list("filter")).toString(),
                        null)
                .json();
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Object volume : Json.list(Json.at(answer, "Volumes"))) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            for (String field : List.of("Name", "Driver", "Mountpoint", "Scope")) {
                row.put(field, Json.text(volume, field));
            }
            row.put("Labels", Json.text(volume, "Labels"));
            rows.add(row);
        }
        if (arguments.is("quiet")) {
            rows.forEach(row -> session.out().println(row.get("Name")));
            return 0;
        }
        Map<String, String> headings = new LinkedHashMap<>();
        headings.put("Driver", "DRIVER");
        headings.put("Name", "VOLUME NAME");
        headings.put("Mountpoint", "MOUNTPOINT");
        headings.put("Scope", "SCOPE");
        headings.put("Labels", "LABELS");
        new Listing(headings, "{{.Driver}}\t{{.Name}}").print(session.out(), arguments.get("format"), rows);
        return 0;
    }

    private static int remove(Session session, Arguments arguments) {
        return session.each(arguments.operands(), volume -> {
            session.engine()
                    .send(
                            "DELETE",
                            "/volumes/" + Query.encode(volume) + (arguments.is("force") ? "?force=1" : ""),
                            null)
                    .close();
            session.out().println(volume);
        });
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        return body.run(session, arguments);
    }
}
