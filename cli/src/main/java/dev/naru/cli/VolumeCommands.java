package dev.naru.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru volume …}. */
final class VolumeCommands {
    private VolumeCommands() {}

    static @Nullable Command find(String name) {
        return switch (name) {
            case "create" ->
                command(
                        name,
                        "[OPTIONS] [VOLUME]",
                        "Create a volume",
                        0,
                        1,
                        List.of(
                                Option.value("driver", 'd', "string", "Specify volume driver name (default \"local\")"),
                                Option.list("label", (char) 0, "Set metadata for a volume"),
                                Option.value("name", (char) 0, "string", "Specify volume name"),
                                Option.list("opt", 'o', "map", "Set driver specific options")),
                        VolumeCommands::create);
            case "ls" ->
                command(
                        name,
                        "[OPTIONS]",
                        "List volumes",
                        0,
                        0,
                        List.of(
                                Option.list("filter", 'f', "filter", "Show only what matches: key=value"),
                                Option.value("format", (char) 0, "string", "'table', 'json' or a Go template"),
                                Option.flag("quiet", 'q', "Only display volume names")),
                        VolumeCommands::list);
            case "rm" ->
                command(
                        name,
                        "[OPTIONS] VOLUME [VOLUME...]",
                        "Remove one or more volumes. You cannot remove a volume that is in use by a container.",
                        1,
                        Integer.MAX_VALUE,
                        List.of(Option.flag("force", 'f', "Force the removal of one or more volumes")),
                        VolumeCommands::remove);
            case "update" ->
                command(
                        name,
                        "[OPTIONS] VOLUME",
                        "Update a volume (cluster volumes only)",
                        1,
                        1,
                        List.of(Option.value(
                                "availability",
                                (char) 0,
                                "string",
                                "Cluster Volume availability (active|pause|drain)")),
                        VolumeCommands::update);
            case "backup" ->
                command(
                        name,
                        "[OPTIONS] VOLUME",
                        "Write a volume's data as a tar archive (streamed to STDOUT by default)",
                        1,
                        1,
                        List.of(
                                Option.flag("live", (char) 0, "Do not freeze the containers that use it meanwhile"),
                                Option.value("output", 'o', "string", "Write to a file, instead of STDOUT")),
                        VolumeCommands::backup);
            case "restore" ->
                command(
                        name,
                        "[OPTIONS] VOLUME",
                        "Fill a volume from a tar archive or STDIN",
                        1,
                        1,
                        List.of(
                                Option.value("input", 'i', "string", "Read from tar archive file, instead of STDIN"),
                                Option.flag("replace", (char) 0, "Drop the data that it has")),
                        VolumeCommands::restore);
            case "inspect" -> new InspectCommand("volume");
            case "prune" -> PruneCommand.volumes();
            default -> null;
        };
    }

    private static Command command(
            String name,
            String synopsis,
            String summary,
            int least,
            int most,
            List<Option> options,
            PlainCommand.Body body) {
        return new PlainCommand("volume " + name, synopsis, summary, least, most, options, body);
    }

    private static int create(Session session, Arguments arguments) {
        boolean named = !arguments.operands().isEmpty();
        if (named && arguments.has("name")) {
            throw new CliException(
                    "conflicting options: cannot specify a volume-name through both --name and as a positional arg");
        }
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("Name", named ? arguments.operand(0) : arguments.get("name", ""));
        body.put("Driver", arguments.get("driver", "local"));
        body.put("DriverOpts", Environment.pairs(arguments.list("opt")));
        body.put("Labels", Environment.pairs(arguments.list("label")));
        Object made = session.engine()
                .send("POST", "/volumes/create", JsonText.compact(body))
                .json();
        session.out().println(Json.text(made, "Name"));
        return 0;
    }

    private static int list(Session session, Arguments arguments) {
        Object answer = session.engine()
                .send("GET", new Query("/volumes").filters(arguments.list("filter")), null)
                .json();
        Json.list(Json.at(answer, "Warnings")).forEach(warning -> session.err().println("WARNING: " + warning));
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Object volume : Json.list(Json.at(answer, "Volumes"))) {
            rows.add(row(volume));
        }
        rows.sort((a, b) -> String.valueOf(a.get("Name")).compareTo(String.valueOf(b.get("Name"))));
        if (arguments.is("quiet")) {
            rows.forEach(row -> session.out().println(row.get("Name")));
            return 0;
        }
        listing().print(session.out(), session.format(arguments, "volumesFormat"), rows);
        return 0;
    }

    static Listing listing() {
        return Listing.of("Driver", "DRIVER")
                .column("Name", "VOLUME NAME")
                .column("Mountpoint", "MOUNTPOINT")
                .column("Scope", "SCOPE")
                .column("Labels", "LABELS")
                .column("Links", "LINKS")
                .column("Size", "SIZE")
                .column("Availability", "AVAILABILITY")
                .column("Group", "GROUP")
                .column("Status", "STATUS")
                .table("{{.Driver}}\t{{.Name}}");
    }

    /** The template fields of a volume. */
    static Map<String, @Nullable Object> row(@Nullable Object volume) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (String field : List.of("Name", "Driver", "Mountpoint", "Scope")) {
            row.put(field, Json.text(volume, field));
        }
        Listing.labels(row, Json.at(volume, "Labels"));
        boolean counted = Json.at(volume, "UsageData") != null;
        row.put("Links", counted ? String.valueOf(Json.number(volume, "UsageData", "RefCount")) : "N/A");
        row.put("Size", counted ? Units.size(Json.number(volume, "UsageData", "Size")) : "N/A");
        for (String field : List.of("Availability", "Group", "Status")) {
            row.put(field, "N/A");
        }
        return row;
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

    private static String archive(String volume) {
        return "/volumes/" + Query.encode(volume) + "/archive";
    }

    private static int backup(Session session, Arguments arguments) throws IOException {
        var query = new Query(archive(arguments.operand(0))).with("freeze", arguments.is("live") ? 0 : 1);
        try (Reply reply = session.engine().send("GET", query, null)) {
            ContainerQueries.Streams.save(reply.body(), arguments.get("output"), session);
        }
        return 0;
    }

    private static int restore(Session session, Arguments arguments) throws IOException {
        String file = arguments.get("input");
        if (file == null && Tty.isTerminal(0)) {
            throw new CliException("requested restore from stdin, but stdin is empty");
        }
        var query = new Query(archive(arguments.operand(0))).with("replace", arguments.is("replace") ? 1 : 0);
        try (InputStream tar = file == null ? session.in() : new FileInputStream(file)) {
            session.engine().upload("PUT", query, "application/x-tar", tar).close();
        }
        session.out().println(arguments.operand(0));
        return 0;
    }

    private static int update(Session session, Arguments arguments) {
        Object volume = session.engine()
                .send("GET", "/volumes/" + Query.encode(arguments.operand(0)), null)
                .json();
        if (Json.at(volume, "ClusterVolume") == null) {
            throw new CliException("Can only update cluster volumes");
        }
        throw new CliException("updating a cluster volume is not supported");
    }
}
