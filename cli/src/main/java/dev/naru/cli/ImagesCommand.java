package dev.naru.cli;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru images}. */
final class ImagesCommand extends Command {
    ImagesCommand() {
        super(
                "images",
                "[OPTIONS] [REPOSITORY[:TAG]]",
                "List images",
                0,
                1,
                List.of(
                        Option.flag("all", 'a', "Show all images (default hides intermediate images)"),
                        Option.flag("digests", (char) 0, "Show digests"),
                        Option.list("filter", 'f', "filter", "Show only what matches: key=value"),
                        Option.value("format", (char) 0, "string", "'table', 'json' or a Go template"),
                        Option.flag("no-trunc", (char) 0, "Don't truncate output"),
                        Option.flag("quiet", 'q', "Only show image IDs"),
                        Option.flag("tree", (char) 0, "List multi-platform images as a tree")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        List<String> filters = new ArrayList<>(arguments.list("filter"));
        arguments.operands().forEach(reference -> filters.add("reference=" + reference));
        boolean tree = arguments.is("tree");
        if (tree && (arguments.is("quiet") || arguments.has("format") || arguments.is("digests"))) {
            throw new CliException("--tree conflicts with --quiet, --format and --digests");
        }
        List<@Nullable Object> images = Json.list(session.engine()
                .send(
                        "GET",
                        new Query("/images/json")
                                .maybe("all", arguments.is("all"))
                                .maybe("digests", arguments.is("digests"))
                                .maybe("manifests", tree)
                                .filters(filters)
                                .toString(),
                        null)
                .json());
        boolean full = arguments.is("no-trunc");
        if (tree) {
            new ImageTree(session.out(), full).print(images);
            return 0;
        }
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Object image : images) {
            rows(image, full, arguments.is("digests"), rows);
        }
        if (arguments.is("quiet")) {
            rows.forEach(row -> session.out().println(row.get("ID")));
            return 0;
        }
        String table = arguments.is("digests")
                ? "{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
                : "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";
        listing(table).print(session.out(), session.format(arguments, "imagesFormat"), rows);
        return 0;
    }

    static Listing listing(String table) {
        return Listing.of("Repository", "REPOSITORY")
                .column("Tag", "TAG")
                .column("Digest", "DIGEST")
                .column("ID", "IMAGE ID")
                .column("CreatedSince", "CREATED")
                .column("CreatedAt", "CREATED AT")
                .column("Size", "SIZE")
                .column("Containers", "CONTAINERS")
                .column("SharedSize", "SHARED SIZE")
                .column("UniqueSize", "UNIQUE SIZE")
                .column("VirtualSize", "SIZE")
                .table(table);
    }

    static void rows(@Nullable Object image, boolean full, boolean digests, List<Map<String, @Nullable Object>> rows) {
        List<@Nullable Object> tags = Json.list(Json.at(image, "RepoTags"));
        List<@Nullable Object> repoDigests = Json.list(Json.at(image, "RepoDigests"));
        String digest = "<none>";
        if (digests && !repoDigests.isEmpty()) {
            String text = String.valueOf(repoDigests.getFirst());
            digest = text.substring(text.indexOf('@') + 1);
        }
        if (tags.isEmpty()) {
            rows.add(row(image, "<none>", "<none>", digest, full));
        }
        for (Object tag : tags) {
            if (String.valueOf(tag).equals("<none>:<none>")) {
                rows.add(row(image, "<none>", "<none>", digest, full));
                continue;
            }
            Reference reference = Reference.parse(String.valueOf(tag));
            rows.add(row(image, reference.repository(), reference.tag(), digest, full));
        }
    }

    private static Map<String, @Nullable Object> row(
            @Nullable Object image, String repository, String tag, String digest, boolean full) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        long created = Json.number(image, "Created");
        row.put("Repository", repository);
        row.put("Tag", tag);
        row.put("Digest", digest);
        row.put("ID", Ids.show(Json.text(image, "Id"), full));
        row.put("CreatedSince", created <= 0 ? "N/A" : Units.ago(created));
        row.put("CreatedAt", Times.go(Instant.ofEpochSecond(created)));
        row.put("Size", Units.size(Json.number(image, "Size")));
        row.put("VirtualSize", Units.size((double) Json.number(image, "Size"), 4));
        long containers = Json.number(image, "Containers");
        row.put("Containers", containers < 0 ? "N/A" : String.valueOf(containers));
        long shared = Json.number(image, "SharedSize");
        row.put("SharedSize", shared < 0 ? "N/A" : Units.size((double) shared, 4));
        row.put("UniqueSize", shared < 0 ? "N/A" : Units.size((double) (Json.number(image, "Size") - shared), 4));
        return row;
    }
}
