package dev.naru.cli;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru history}. */
final class HistoryCommand extends Command {
    HistoryCommand() {
        super(
                "history",
                "[OPTIONS] IMAGE",
                "Show the history of an image",
                1,
                1,
                List.of(
                        Option.value("format", (char) 0, "string", "'table', 'json' or a Go template"),
                        Option.flag("human", 'H', "Print sizes and dates in human readable format (default true)"),
                        Option.flag("no-trunc", (char) 0, "Don't truncate output"),
                        Option.value("platform", (char) 0, "string", "Show history for the given platform"),
                        Option.flag("quiet", 'q', "Only show image IDs")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        Object history = session.engine()
                .send(
                        "GET",
                        new Query("/images/" + Query.encode(arguments.operand(0)) + "/history")
                                .maybe("platform", Platforms.json(arguments.get("platform"))),
                        null)
                .json();
        boolean full = arguments.is("no-trunc");
        boolean human = !arguments.has("human") || arguments.is("human");
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Object step : Json.list(history)) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            String id = Json.text(step, "Id");
            row.put("ID", id.startsWith("<") ? id : Ids.show(id, full));
            long created = Json.number(step, "Created");
            String time = Instant.ofEpochSecond(created).toString();
            row.put("CreatedSince", created <= 0 ? "N/A" : human ? Units.ago(created) : time);
            row.put("CreatedAt", time);
            String by = Json.text(step, "CreatedBy").replace('\t', ' ');
            row.put("CreatedBy", full ? by : Ids.ellipsis(by, 45));
            long size = Json.number(step, "Size");
            row.put("Size", human ? Units.size(size) : String.valueOf(size));
            row.put("Comment", Json.text(step, "Comment"));
            rows.add(row);
        }
        if (arguments.is("quiet")) {
            rows.forEach(row -> session.out().println(row.get("ID")));
            return 0;
        }
        Map<String, String> headings = new LinkedHashMap<>();
        headings.put("ID", "IMAGE");
        headings.put("CreatedSince", "CREATED");
        headings.put("CreatedAt", "CREATED AT");
        headings.put("CreatedBy", "CREATED BY");
        headings.put("Size", "SIZE");
        headings.put("Comment", "COMMENT");
        String table = (human ? "{{.ID}}\t{{.CreatedSince}}" : "{{.ID}}\t{{.CreatedAt}}")
                + "\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";
        new Listing(headings, table).print(session.out(), arguments.get("format"), rows);
        return 0;
    }
}
