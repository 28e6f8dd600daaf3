package dev.naru.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru system df}. */
final class DfCommand extends Command {
    DfCommand() {
        super(
                "system df",
                "[OPTIONS]",
                "Show disk usage",
                0,
                0,
                List.of(Option.value("format", (char) 0, "string", "'table', 'json' or a Go template")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        Object usage = session.engine().send("GET", "/system/df", null).json();
        List<@Nullable Object> images = Json.list(Json.at(usage, "Images"));
        List<@Nullable Object> containers = Json.list(Json.at(usage, "Containers"));
        List<@Nullable Object> volumes = Json.list(Json.at(usage, "Volumes"));
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        long layers = Json.number(usage, "LayersSize");
        long unused = 0;
        int usedImages = 0;
        for (Object image : images) {
            if (Json.number(image, "Containers") > 0) {
                usedImages++;
            } else {
                unused += Math.max(0, Json.number(image, "Size") - Math.max(0, Json.number(image, "SharedSize")));
            }
        }
        rows.add(row("Images", images.size(), usedImages, layers, unused));
        long size = 0;
        long reclaimable = 0;
        int running = 0;
        for (Object container : containers) {
            long written = Json.number(container, "SizeRw");
            size += written;
            boolean active = List.of("running", "paused", "restarting").contains(Json.text(container, "State"));
            running += active ? 1 : 0;
            reclaimable += active ? 0 : written;
        }
        rows.add(row("Containers", containers.size(), running, size, reclaimable));
        size = 0;
        reclaimable = 0;
        int used = 0;
        for (Object volume : volumes) {
            long bytes = Math.max(0, Json.number(volume, "UsageData", "Size"));
            size += bytes;
            boolean active = Json.number(volume, "UsageData", "RefCount") > 0;
            used += active ? 1 : 0;
            reclaimable += active ? 0 : bytes;
        }
        rows.add(row("Local Volumes", volumes.size(), used, size, reclaimable));
        Map<String, String> headings = new LinkedHashMap<>();
        headings.put("Type", "TYPE");
        headings.put("TotalCount", "TOTAL");
        headings.put("Active", "ACTIVE");
        headings.put("Size", "SIZE");
        headings.put("Reclaimable", "RECLAIMABLE");
        new Listing(headings, "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}")
                .print(session.out(), arguments.get("format"), rows);
        return 0;
    }

    private static Map<String, @Nullable Object> row(String type, int count, int active, long size, long reclaimable) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("Type", type);
        row.put("TotalCount", String.valueOf(count));
        row.put("Active", String.valueOf(active));
        row.put("Size", Units.size(size));
        row.put("Reclaimable", Units.size(reclaimable) + (size > 0 ? " (" + 100 * reclaimable / size + "%)" : ""));
        return row;
    }
}
