package dev.naru.cli;

import dev.naru.http.Headers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru search}. */
final class SearchCommand extends Command {
    SearchCommand() {
        super(
                "search",
                "[OPTIONS] TERM",
                "Search Docker Hub for images",
                1,
                1,
                List.of(
                        Option.list("filter", 'f', "filter", "Filter output based on conditions provided"),
                        Option.value("format", (char) 0, "string", "Pretty-print search using a Go template"),
                        Option.value("limit", (char) 0, "int", "Max number of search results"),
                        Option.flag("no-trunc", (char) 0, "Don't truncate output")));
    }

    @Override
    int run(Session session, Arguments arguments) {
        String term = arguments.operand(0);
        int slash = term.indexOf('/');
        String first = slash < 0 ? "" : term.substring(0, slash);
        String domain = first.indexOf('.') >= 0 || first.indexOf(':') >= 0 ? first : ImageName.HUB;
        var headers = new Headers();
        String authorization = new Credentials(session.config()).header(domain);
        if (!authorization.isEmpty()) {
            headers.add("X-Registry-Auth", authorization);
        }
        var query = new Query("/images/search")
                .with("term", term)
                .maybe("limit", arguments.get("limit"))
                .filters(arguments.list("filter"));
        Object answer = session.engine().send("GET", query, headers, null).json();
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Object result : Json.list(answer)) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("Name", Json.text(result, "name"));
            String description =
                    Json.text(result, "description").replace('\n', ' ').replace('\r', ' ');
            row.put("Description", arguments.is("no-trunc") ? description : Ids.ellipsis(description, 45));
            row.put("StarCount", String.valueOf(Json.number(result, "star_count")));
            row.put("IsOfficial", Json.is(result, "is_official") ? "[OK]" : "");
            row.put("IsAutomated", "");
            rows.add(row);
        }
        Listing.of("Name", "NAME")
                .column("Description", "DESCRIPTION")
                .column("StarCount", "STARS")
                .column("IsOfficial", "OFFICIAL")
                .column("IsAutomated", "AUTOMATED")
                .table("{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}")
                .print(session.out(), arguments.get("format"), rows);
        return 0;
    }
}
