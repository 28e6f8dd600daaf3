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
                        Option.list("filter", 'f', "Show only what matches: key=value"),
                        Option.value("format", (char) 0, "string", "'table', 'json' or a Go template"),
                        Option.flag("no-trunc", (char) 0, "Don't truncate output"),
                        Option.flag("quiet", 'q', "Only show image IDs")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        List<String> filters = new ArrayList<>(arguments.list("filter"));
        arguments.operands().forEach(reference -> filters.add("reference=" + reference));
        List<@Nullable Object> images = Json.list(session.engine()
                .send(
                        "GET",
                        new Query("/images/json")
                                .maybe("all", arguments.is("all"))
                                .maybe("digests", arguments.is("digests"))
                                .filters(filters)
                                .toString(),
                        null)
                .json());
        boolean full = arguments.is("no-trunc");
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
        new Listing(headings(), table).print(session.out(), arguments.get("format"), rows);
        return 0;
    }

    private static Map<String, String> headings() {
        Map<String, String> headings = new LinkedHashMap<>();
        headings.put("Repository", "REPOSITORY");
        headings.put("Tag", "TAG");
        headings.put("Digest", "DIGEST");
        headings.put("ID", "IMAGE ID");
        headings.put("CreatedSince", "CREATED");
        headings.put("CreatedAt", "CREATED AT");
        headings.put("Size", "SIZE");
        headings.put("Containers", "CONTAINERS");
        headings.put("SharedSize", "SHARED SIZE");
        headings.put("UniqueSize", "UNIQUE SIZE");
        headings.put("VirtualSize", "SIZE");
        return headings;
    }

    private static void rows(
            @Nullable Object image, boolean full, boolean digests, List<Map<String, @Nullable Object>> rows) {
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
        row.put("CreatedAt", Instant.ofEpochSecond(created).toString());
        row.put("Size", Units.size(Json.number(image, "Size")));
        row.put("VirtualSize", Units.size(Json.number(image, "Size")));
        long containers = Json.number(image, "Containers");
        row.put("Containers", containers < 0 ? "N/A" : String.valueOf(containers));
        long shared = Json.number(image, "SharedSize");
        row.put("SharedSize", shared < 0 ? "N/A" : Units.size(shared));
        row.put("UniqueSize", shared < 0 ? "N/A" : Units.size(Json.number(image, "Size") - shared));
        return row;
    }
}
