package dev.naru.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
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
                List.of(
                        Option.value("format", (char) 0, "string", "'table', 'json' or a Go template"),
                        Option.flag("verbose", 'v', "Show detailed information on space usage")));
    }

    @Override
    int run(Session session, Arguments arguments) {
        Object usage = session.engine().send("GET", "/system/df", null).json();
        String format = arguments.get("format");
        if (arguments.is("verbose")) {
            new DfDetails(session.out(), usage).print(format);
            return 0;
        }
        Listing.of("Type", "TYPE")
                .column("TotalCount", "TOTAL")
                .column("Active", "ACTIVE")
                .column("Size", "SIZE")
                .column("Reclaimable", "RECLAIMABLE")
                .table("{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}")
                .print(session.out(), format, rows(usage));
        return 0;
    }

    private static List<Map<String, @Nullable Object>> rows(@Nullable Object usage) {
        List<@Nullable Object> images = Json.list(Json.at(usage, "Images"));
        long layers = Json.number(usage, "LayersSize");
        long used = 0;
        for (Object image : images) {
            long size = Json.number(image, "Size");
            long shared = Json.number(image, "SharedSize");
            if (inUse(image) && size != -1 && shared != -1) {
                used += size - shared;
            }
        }
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        long active = images.stream().filter(DfCommand::inUse).count();
        rows.add(row("Images", images.size(), active, layers, layers - used, layers > 0));
        rows.add(row(
                "Containers",
                Json.list(Json.at(usage, "Containers")),
                container -> Json.number(container, "SizeRw"),
                container -> List.of("running", "paused", "restarting").contains(Json.text(container, "State"))));
        rows.add(row(
                "Local Volumes",
                Json.list(Json.at(usage, "Volumes")),
                volume -> Math.max(0, Json.number(volume, "UsageData", "Size")),
                volume -> Json.number(volume, "UsageData", "RefCount") > 0));
        List<@Nullable Object> builds = Json.list(Json.at(usage, "BuildCache"));
        long size = 0;
        long free = 0;
        for (Object build : builds) {
            long own = Json.is(build, "Shared") ? 0 : Json.number(build, "Size");
            size += own;
            free += Json.is(build, "InUse") ? 0 : own;
        }
        long busy = builds.stream().filter(build -> Json.is(build, "InUse")).count();
        rows.add(row("Build Cache", builds.size(), busy, size, free, false));
        return rows;
    }

    private static boolean inUse(@Nullable Object image) {
        return Json.number(image, "Containers") > 0;
    }

    private static Map<String, @Nullable Object> row(
            String type,
            List<@Nullable Object> things,
            ToLongFunction<@Nullable Object> size,
            Predicate<@Nullable Object> active) {
        long total = things.stream().mapToLong(size).sum();
        long free = things.stream().filter(active.negate()).mapToLong(size).sum();
        long count = things.size();
        long used = things.stream().filter(active).count();
        return row(type, count, used, total, free, total > 0);
    }

    private static Map<String, @Nullable Object> row(
            String type, long count, long active, long size, long reclaimable, boolean share) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("Type", type);
        row.put("TotalCount", String.valueOf(count));
        row.put("Active", String.valueOf(active));
        row.put("Size", Units.size((double) size, 4));
        row.put(
                "Reclaimable",
                Units.size((double) reclaimable, 4) + (share ? " (" + 100 * reclaimable / size + "%)" : ""));
        return row;
    }
}
