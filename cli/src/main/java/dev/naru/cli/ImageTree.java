package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code naru images --tree} shows: each image with the platforms that its index has. */
final class ImageTree {
    private final PrintStream out;
    private final boolean full;
    private final List<Line> lines = new ArrayList<>();

    ImageTree(PrintStream out, boolean full) {
        this.out = requireNonNull(out, "out");
        this.full = full;
    }

    private record Line(String name, String id, String disk, String content, String extra) {}

    void print(List<@Nullable Object> images) {
        images.forEach(this::image);
        var table = new Table();
        table.row("IMAGE", "ID", "DISK USAGE", "CONTENT SIZE", "EXTRA");
        lines.forEach(line -> table.row(line.name(), line.id(), line.disk(), line.content(), line.extra()));
        out.println("EXTRA: U = in use\n");
        table.print(out);
    }

    private void image(@Nullable Object image) {
        List<@Nullable Object> tags = Json.list(Json.at(image, "RepoTags"));
        List<@Nullable Object> manifests = Json.list(Json.at(image, "Manifests")).stream()
                .filter(manifest -> Json.text(manifest, "Kind").equals("image"))
                .toList();
        long content = 0;
        boolean used = Json.number(image, "Containers") > 0;
        for (Object manifest : manifests) {
            content += Json.number(manifest, "Size", "Content");
            used |= !Json.list(Json.at(manifest, "ImageData", "Containers")).isEmpty();
        }
        for (int i = 0; i + 1 < tags.size(); i++) {
            lines.add(new Line(String.valueOf(tags.get(i)), "", "", "", ""));
        }
        lines.add(new Line(
                tags.isEmpty() ? "<untagged>" : String.valueOf(tags.getLast()),
                Ids.show(Json.text(image, "Id"), full),
                Units.size(Json.number(image, "Size")),
                Units.size(content),
                used ? "U" : ""));
        for (int i = 0; i < manifests.size(); i++) {
            platform(manifests.get(i), i + 1 == manifests.size());
        }
    }

    private void platform(@Nullable Object manifest, boolean last) {
        Object platform = Json.at(manifest, "ImageData", "Platform");
        String variant = Json.text(platform, "variant");
        String name = Json.text(platform, "os") + "/" + Json.text(platform, "architecture")
                + (variant.isEmpty() ? "" : "/" + variant);
        boolean here = Json.is(manifest, "Available");
        lines.add(new Line(
                (last ? "└─ " : "├─ ") + name,
                Ids.show(Json.text(manifest, "ID"), full),
                here ? Units.size(Json.number(manifest, "Size", "Total")) : "-",
                here ? Units.size(Json.number(manifest, "Size", "Content")) : "-",
                Json.list(Json.at(manifest, "ImageData", "Containers")).isEmpty() ? "" : "U"));
    }
}
