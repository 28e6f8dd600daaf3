package dev.naru.cli;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru ps}. */
final class PsCommand extends Command {
    private static final String STANDARD =
            "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}";

    PsCommand() {
        super(
                "ps",
                "[OPTIONS]",
                "List containers",
                0,
                0,
                List.of(
                        Option.flag("all", 'a', "Show all containers (default shows just running)"),
                        Option.list("filter", 'f', "filter", "Show only what matches: key=value"),
                        Option.value("format", (char) 0, "string", "'table', 'json' or a Go template"),
                        Option.value("last", 'n', "int", "Show n last created containers (all states)"),
                        Option.flag("latest", 'l', "Show the latest created container (all states)"),
                        Option.flag("no-trunc", (char) 0, "Don't truncate output"),
                        Option.flag("quiet", 'q', "Only display container IDs"),
                        Option.flag("size", 's', "Display total file sizes")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        String format = session.format(arguments, "psFormat");
        boolean size = arguments.is("size") || (format != null && format.contains(".Size"));
        String last = arguments.is("latest") ? "1" : arguments.get("last");
        var query = new Query("/containers/json")
                .maybe("all", arguments.is("all"))
                .maybe("limit", last == null || last.startsWith("-") ? null : last)
                .maybe("size", size)
                .filters(arguments.list("filter"));
        List<@Nullable Object> containers =
                Json.list(session.engine().send("GET", query.toString(), null).json());
        boolean full = arguments.is("no-trunc");
        if (arguments.is("quiet")) {
            for (Object container : containers) {
                session.out().println(Ids.show(Json.text(container, "Id"), full));
            }
            return 0;
        }
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        // Formatting a time loads a hundred classes: only who asks for it pays for it.
        boolean times = format != null && (format.contains("CreatedAt") || format.equals("json"));
        containers.forEach(container -> rows.add(row(container, full, times)));
        listing(arguments.is("size") ? STANDARD + "\t{{.Size}}" : STANDARD).print(session.out(), format, rows);
        return 0;
    }

    static Listing listing(String table) {
        return Listing.of("ID", "CONTAINER ID")
                .column("Image", "IMAGE")
                .column("Command", "COMMAND")
                .column("RunningFor", "CREATED")
                .column("CreatedAt", "CREATED AT")
                .column("Status", "STATUS")
                .column("State", "STATE")
                .column("Ports", "PORTS")
                .column("Names", "NAMES")
                .column("Size", "SIZE")
                .column("Labels", "LABELS")
                .column("Mounts", "MOUNTS")
                .column("LocalVolumes", "LOCAL VOLUMES")
                .column("Networks", "NETWORKS")
                .column("Platform", "PLATFORM")
                .column("HealthStatus", "HEALTH STATUS")
                .table(table);
    }

    static Map<String, @Nullable Object> row(@Nullable Object container, boolean full, boolean times) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        String command = Json.text(container, "Command");
        String image = Json.text(container, "Image");
        row.put("ID", Ids.show(Json.text(container, "Id"), full));
        row.put("Image", image.startsWith("sha256:") ? Ids.show(image, full) : image.isEmpty() ? "<no image>" : image);
        row.put("Command", "\"" + (full ? command : Ids.ellipsis(command, 20)) + "\"");
        long created = Json.number(container, "Created");
        row.put("RunningFor", Units.ago(created));
        row.put("CreatedAt", !times ? "" : Times.go(Instant.ofEpochSecond(created)));
        row.put("Status", Json.text(container, "Status"));
        row.put("State", Json.text(container, "State"));
        row.put("Ports", Ports.show(Json.list(Json.at(container, "Ports"))));
        row.put("Names", names(container));
        row.put("Size", size(container));
        Listing.labels(row, Json.at(container, "Labels"));
        row.put("Mounts", mounts(container, full));
        row.put("LocalVolumes", localVolumes(container));
        row.put(
                "Networks",
                String.join(
                        ",",
                        Json.object(Json.at(container, "NetworkSettings", "Networks"))
                                .keySet()));
        row.put("Platform", "");
        row.put("HealthStatus", Json.text(container, "Health", "Status"));
        return row;
    }

    private static String names(@Nullable Object container) {
        var names = new StringBuilder();
        for (Object name : Json.list(Json.at(container, "Names"))) {
            String text = String.valueOf(name);
            String bare = text.startsWith("/") ? text.substring(1) : text;
            // A name with another slash is a link's alias.
            if (bare.indexOf('/') < 0) {
                names.append(names.isEmpty() ? "" : ",").append(bare);
            }
        }
        return names.toString();
    }

    private static String size(@Nullable Object container) {
        long root = Json.number(container, "SizeRootFs");
        String written = Units.size(Json.number(container, "SizeRw"));
        return root > 0 ? written + " (virtual " + Units.size(root) + ")" : written;
    }

    private static String mounts(@Nullable Object container, boolean full) {
        var mounts = new StringBuilder();
        for (Object mount : Json.list(Json.at(container, "Mounts"))) {
            String name = Json.text(mount, "Name");
            String shown = name.isEmpty() ? Json.text(mount, "Source") : name;
            mounts.append(mounts.isEmpty() ? "" : ",").append(full ? shown : Ids.ellipsis(shown, 15));
        }
        return mounts.toString();
    }

    private static String localVolumes(@Nullable Object container) {
        int count = 0;
        for (Object mount : Json.list(Json.at(container, "Mounts"))) {
            if (Json.text(mount, "Driver").equals("local")) {
                count++;
            }
        }
        return String.valueOf(count);
    }
}
