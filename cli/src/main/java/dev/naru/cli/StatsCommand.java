package dev.naru.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru stats}. */
final class StatsCommand extends Command {
    StatsCommand() {
        super(
                "stats",
                "[OPTIONS] [CONTAINER...]",
                "Display a live stream of container(s) resource usage statistics",
                0,
                Integer.MAX_VALUE,
                List.of(
                        Option.flag("all", 'a', "Show all containers (default shows just running)"),
                        Option.value("format", (char) 0, "string", "'table', 'json' or a Go template"),
                        Option.flag("no-stream", (char) 0, "Disable streaming stats and only pull the first result"),
                        Option.flag("no-trunc", (char) 0, "Do not truncate output")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException, InterruptedException {
        boolean stream = !arguments.is("no-stream");
        Map<String, @Nullable Object> before = new LinkedHashMap<>();
        sample(session, arguments).forEach(sample -> before.put(Json.text(sample, "id"), sample));
        while (true) {
            Thread.sleep(1000);
            List<@Nullable Object> samples = sample(session, arguments);
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            for (Object sample : samples) {
                String id = Json.text(sample, "id");
                rows.add(row(before.get(id), sample, arguments.is("no-trunc")));
                before.put(id, sample);
            }
            if (stream) {
                // Clear the screen and go to its first place (ECMA-48, ED and CUP).
                session.out().print("\u001b[2J\u001b[H");
            }
            new Listing(
                            headings(),
                            "{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}")
                    .print(session.out(), arguments.get("format"), rows);
            session.out().flush();
            if (!stream) {
                return 0;
            }
        }
    }

    private static List<@Nullable Object> sample(Session session, Arguments arguments) throws IOException {
        List<String> names = new ArrayList<>(arguments.operands());
        if (names.isEmpty()) {
            String path = "/containers/json" + (arguments.is("all") ? "?all=1" : "");
            for (Object container :
                    Json.list(session.engine().send("GET", path, null).json())) {
                names.add(Json.text(container, "Id"));
            }
        }
        List<@Nullable Object> samples = new ArrayList<>();
        for (String name : names) {
            samples.add(session.engine()
                    .send("GET", ContainerActions.path(name, "stats") + "?stream=false&one-shot=true", null)
                    .json());
        }
        return samples;
    }

    private static Map<String, String> headings() {
        Map<String, String> headings = new LinkedHashMap<>();
        headings.put("Container", "CONTAINER");
        headings.put("ID", "CONTAINER ID");
        headings.put("Name", "NAME");
        headings.put("CPUPerc", "CPU %");
        headings.put("MemUsage", "MEM USAGE / LIMIT");
        headings.put("MemPerc", "MEM %");
        headings.put("NetIO", "NET I/O");
        headings.put("BlockIO", "BLOCK I/O");
        headings.put("PIDs", "PIDS");
        return headings;
    }

    private static Map<String, @Nullable Object> row(@Nullable Object before, @Nullable Object now, boolean full) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        String name = Json.text(now, "name");
        String id = Ids.show(Json.text(now, "id"), full);
        row.put("Container", id);
        row.put("ID", id);
        row.put("Name", name.startsWith("/") ? name.substring(1) : name);
        row.put("CPUPerc", percent(processor(before, now)));
        long limit = Json.number(now, "memory_stats", "limit");
        long used = memory(now);
        row.put("MemUsage", Units.binarySize((double) used) + " / " + Units.binarySize((double) limit));
        row.put("MemPerc", percent(limit == 0 ? 0 : 100.0 * used / limit));
        row.put("NetIO", Units.size(network(now, "rx_bytes")) + " / " + Units.size(network(now, "tx_bytes")));
        row.put("BlockIO", Units.size(block(now, "read")) + " / " + Units.size(block(now, "write")));
        row.put("PIDs", String.valueOf(Json.number(now, "pids_stats", "current")));
        return row;
    }

    private static String percent(double value) {
        long hundredths = Math.round(value * 100);
        return hundredths / 100 + "." + (hundredths % 100 < 10 ? "0" : "") + hundredths % 100 + "%";
    }

    private static double processor(@Nullable Object before, @Nullable Object now) {
        double used = (double) Json.number(now, "cpu_stats", "cpu_usage", "total_usage")
                - Json.number(before, "cpu_stats", "cpu_usage", "total_usage");
        double system = (double) Json.number(now, "cpu_stats", "system_cpu_usage")
                - Json.number(before, "cpu_stats", "system_cpu_usage");
        return used > 0 && system > 0 ? used / system * Json.number(now, "cpu_stats", "online_cpus") * 100 : 0;
    }

    /** Usage without the page cache that can be dropped. */
    private static long memory(@Nullable Object now) {
        long usage = Json.number(now, "memory_stats", "usage");
        long inactive = Json.number(now, "memory_stats", "stats", "total_inactive_file");
        if (inactive == 0) {
            inactive = Json.number(now, "memory_stats", "stats", "inactive_file");
        }
        return inactive < usage ? usage - inactive : usage;
    }

    private static long network(@Nullable Object now, String counter) {
        long sum = 0;
        for (Object device : Json.object(Json.at(now, "networks")).values()) {
            sum += Json.number(device, counter);
        }
        return sum;
    }

    private static long block(@Nullable Object now, String operation) {
        long sum = 0;
        for (Object entry : Json.list(Json.at(now, "blkio_stats", "io_service_bytes_recursive"))) {
            if (Json.text(entry, "op").equalsIgnoreCase(operation)) {
                sum += Json.number(entry, "value");
            }
        }
        return sum;
    }
}
