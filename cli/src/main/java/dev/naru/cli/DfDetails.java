package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code naru system df -v} shows: each image, container, volume and piece of build cache. */
final class DfDetails {
    private final PrintStream out;
    private final @Nullable Object usage;

    DfDetails(PrintStream out, @Nullable Object usage) {
        this.out = requireNonNull(out, "out");
        this.usage = usage;
    }

    void print(@Nullable String format) {
        if (format != null && !format.equals("table")) {
            Map<String, @Nullable Object> all = new LinkedHashMap<>();
            all.put("Images", rows("Images"));
            all.put("Containers", rows("Containers"));
            all.put("Volumes", rows("Volumes"));
            all.put("BuildCache", rows("BuildCache"));
            out.println(format.equals("json") ? JsonText.compact(all) : Templates.apply(Templates.parse(format), all));
            return;
        }
        out.println("Images space usage:\n");
        ImagesCommand.listing(
                        "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}")
                .print(out, null, rows("Images"));
        out.println("\nContainers space usage:\n");
        PsCommand.listing(
                        "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}")
                .print(out, null, rows("Containers"));
        out.println("\nLocal Volumes space usage:\n");
        VolumeCommands.listing().table("{{.Name}}\t{{.Links}}\t{{.Size}}").print(out, null, rows("Volumes"));
        long total = 0;
        for (Object build : Json.list(Json.at(usage, "BuildCache"))) {
            total += Json.is(build, "Shared") ? 0 : Json.number(build, "Size");
        }
        out.println("\nBuild cache usage: " + Units.size((double) total, 4) + "\n");
        Listing.of("ID", "CACHE ID")
                .column("CacheType", "CACHE TYPE")
                .column("Size", "SIZE")
                .column("CreatedSince", "CREATED")
                .column("LastUsedSince", "LAST USED")
                .column("UsageCount", "USAGE")
                .column("Shared", "SHARED")
                .table(
                        "{{.ID}}\t{{.CacheType}}\t{{.Size}}\t{{.CreatedSince}}\t{{.LastUsedSince}}\t{{.UsageCount}}\t{{.Shared}}")
                .print(out, null, rows("BuildCache"));
    }

    private List<Map<String, @Nullable Object>> rows(String kind) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Object thing : Json.list(Json.at(usage, kind))) {
            switch (kind) {
                // One line an image, whatever it is called besides.
                case "Images" -> {
                    List<Map<String, @Nullable Object>> names = new ArrayList<>();
                    ImagesCommand.rows(thing, false, false, names);
                    rows.add(names.getFirst());
                }
                case "Containers" -> rows.add(PsCommand.row(thing, false, true));
                case "Volumes" -> rows.add(VolumeCommands.row(thing));
                default -> rows.add(build(thing));
            }
        }
        return rows;
    }

    private static Map<String, @Nullable Object> build(@Nullable Object build) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("ID", Ids.show(Json.text(build, "ID"), false));
        row.put("CacheType", Json.text(build, "Type"));
        row.put("Description", Json.text(build, "Description"));
        row.put("Size", Units.size(Json.number(build, "Size")));
        row.put("CreatedSince", Units.ago(Json.text(build, "CreatedAt")));
        row.put("LastUsedSince", Units.ago(Json.text(build, "LastUsedAt")));
        row.put("UsageCount", String.valueOf(Json.number(build, "UsageCount")));
        row.put("InUse", String.valueOf(Json.is(build, "InUse")));
        row.put("Shared", String.valueOf(Json.is(build, "Shared")));
        return row;
    }
}
