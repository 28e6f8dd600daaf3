package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shows the progress of a long operation (Engine API, the JSON lines of {@code /images/create}): on a terminal a line for
 * each part, drawn again as it changes; elsewhere a line for each step.
 */
final class Progress {
    private static final int NARROW = 110;
    private static final int BAR = 50;

    private final PrintStream out;
    private final int columns;
    /** The line of each part, counted from the first. */
    private final Map<String, Integer> lines = new HashMap<>();

    /** @param columns the terminal's width; 0 when it is none */
    Progress(PrintStream out, int columns) {
        this.out = requireNonNull(out, "out");
        this.columns = columns;
    }

    /** @throws CliException when a line says that the operation failed */
    static void print(Reply reply, Session session) throws IOException {
        int @Nullable [] size = Tty.size(1);
        new Progress(session.out(), size == null ? 0 : Math.max(size[1], 1)).show(reply);
    }

    /** Reads it to its end and shows nothing. */
    static void quiet(Reply reply) throws IOException {
        new Progress(new PrintStream(java.io.OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), 0)
                .show(reply);
    }

    private void show(Reply reply) throws IOException {
        try (reply;
                var in = new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.isBlank()) {
                    message(Json.read(line.getBytes(StandardCharsets.UTF_8)));
                }
            }
        }
    }

    void message(@Nullable Object message) {
        String error = Json.text(message, "errorDetail", "message");
        if (error.isEmpty()) {
            error = Json.text(message, "error");
        }
        if (!error.isEmpty()) {
            throw new CliException(error);
        }
        if (Json.at(message, "aux") != null) {
            return;
        }
        String stream = Json.text(message, "stream");
        String id = Json.text(message, "id");
        String bar = bar(message);
        if (columns == 0) {
            if (bar.isEmpty()) {
                out.print(stream.isEmpty() ? text(id, message) + "\n" : stream);
            }
        } else if (id.isEmpty()) {
            // Whatever follows begins below, so the lines above stay.
            lines.clear();
            out.print(stream.isEmpty() ? text(id, message) + bar + "\n" : stream);
        } else {
            redraw(id, text(id, message) + bar);
        }
        out.flush();
    }

    private static String text(String id, @Nullable Object message) {
        return (id.isEmpty() ? "" : id + ": ") + Json.text(message, "status");
    }

    /** Goes up to the part's line, or begins one, and comes back (ECMA-48: CUU, EL, CUD). */
    private void redraw(String id, String text) {
        Integer known = lines.get(id);
        if (known == null) {
            lines.put(id, lines.size());
            out.print("\u001b[2K\r" + text + "\n");
            return;
        }
        int up = lines.size() - known;
        out.print("\u001b[" + up + "A\u001b[2K\r" + text + "\r\u001b[" + up + "B");
    }

    private String bar(@Nullable Object message) {
        Object detail = Json.at(message, "progressDetail");
        long current = Json.number(detail, "current");
        long total = Json.number(detail, "total");
        if (current <= 0 && total <= 0) {
            return "";
        }
        if (!Json.text(detail, "units").isEmpty()) {
            return " " + current + (total > 0 ? "/" + total : "") + " " + Json.text(detail, "units");
        }
        String now = Units.size((double) current, 4);
        String padded = " ".repeat(Math.max(0, 8 - now.length())) + now;
        if (total <= 0) {
            return " " + padded;
        }
        String numbers = padded + (current > total ? "" : "/" + Units.size((double) total, 4));
        if (columns <= NARROW) {
            return " " + numbers;
        }
        int part = (int) Math.min(BAR, BAR * current / total);
        return " [" + "=".repeat(part) + ">" + " ".repeat(BAR - part) + "] " + numbers;
    }
}
