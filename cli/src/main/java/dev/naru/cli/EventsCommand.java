package dev.naru.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code naru events}. */
final class EventsCommand extends Command {
    EventsCommand() {
        super(
                "events",
                "[OPTIONS]",
                "Get real time events from the server",
                0,
                0,
                List.of(
                        Option.list("filter", 'f', "filter", "Show only what matches: key=value"),
                        Option.value("format", (char) 0, "string", "'json' or a Go template"),
                        Option.value("since", (char) 0, "string", "Show all events created since timestamp"),
                        Option.value("until", (char) 0, "string", "Stream events until this timestamp")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        String format = arguments.get("format");
        Template template = format == null || format.equals("json") ? null : Templates.parse(format);
        Reply reply = session.engine()
                .send(
                        "GET",
                        new Query("/events")
                                .maybe("since", Times.seconds(arguments.get("since")))
                                .maybe("until", Times.seconds(arguments.get("until")))
                                .filters(arguments.list("filter"))
                                .toString(),
                        null);
        var lines = new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8));
        String line;
        while ((line = lines.readLine()) != null) {
            Object event = Json.read(line.getBytes(StandardCharsets.UTF_8));
            session.out()
                    .println(template != null ? Templates.apply(template, event) : format != null ? line : text(event));
            session.out().flush();
        }
        return 0;
    }

    private static String text(@Nullable Object event) {
        long nanoseconds = Json.number(event, "timeNano");
        Instant time = Instant.ofEpochSecond(nanoseconds / 1_000_000_000L, nanoseconds % 1_000_000_000L);
        var out = new StringBuilder(
                DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.nnnnnnnnnXXX", java.util.Locale.ROOT)
                        .withZone(ZoneId.systemDefault())
                        .format(time));
        out.append(' ').append(Json.text(event, "Type")).append(' ').append(Json.text(event, "Action"));
        out.append(' ').append(Json.text(event, "Actor", "ID"));
        var attributes = new StringBuilder();
        new java.util.TreeMap<>(Json.object(Json.at(event, "Actor", "Attributes"))).forEach((key, value) -> attributes
                .append(attributes.isEmpty() ? "" : ", ")
                .append(key)
                .append('=')
                .append(value));
        return out.append(attributes.isEmpty() ? "" : " (" + attributes + ")").toString();
    }
}
