package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A build file's text with its name.
 *
 * @param lines without their ends
 */
public record BuildFile(String name, String text, List<String> lines) {
    /** Larger files are refused: nobody writes them, and each byte is looked at several times. */
    static final int LIMIT = 16 << 20;

    public BuildFile {
        requireNonNull(name, "name");
        requireNonNull(text, "text");
        lines = List.copyOf(lines);
    }

    /**
     * Takes UTF-8, with or without a byte order mark, with any ends of lines.
     *
     * @throws NaruException INVALID when it is larger than 16 MiB
     */
    public static BuildFile of(String name, byte[] bytes) {
        if (bytes.length > LIMIT) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot read " + name,
                    "it has " + bytes.length + " bytes, the most is " + LIMIT,
                    "COPY large data from the context instead of writing it into the build file");
        }
        return of(name, new String(bytes, StandardCharsets.UTF_8));
    }

    /** Takes text that is already decoded. */
    public static BuildFile of(String name, String text) {
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        List<String> lines = new ArrayList<>(Arrays.asList(plain.split("\n", -1)));
        if (lines.getLast().isEmpty()) {
            lines.removeLast();
        }
        lines.replaceAll(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
        return new BuildFile(name, plain, lines);
    }

    /** Whether lines end as on Windows. */
    boolean endsWithReturns() {
        int end = text.indexOf('\n');
        return end > 0 && text.charAt(end - 1) == '\r';
    }

    /** An error at some lines, whose text ends with the excerpt. */
    NaruException error(int first, int last, String message, @Nullable String hint) {
        var range = new Vertex.SourceRange(name, first, last);
        var place = new BuildFileException(this, range, message);
        String what = message + (hint == null ? "" : " — " + hint) + "\n" + excerpt(range);
        return new NaruException(ErrorKind.INVALID, what, "", null, place);
    }

    NaruException parseError(int first, int last, String message) {
        return error(first, last, "dockerfile parse error on line " + first + ": " + message, null);
    }

    /** The lines of a range, marked, between their neighbours, as Docker's clients print them. */
    public String excerpt(Vertex.SourceRange range) {
        int first = Math.clamp(range.firstLine(), 1, Math.max(1, lines.size()));
        int last = Math.clamp(range.lastLine(), first, Math.max(first, lines.size()));
        int from = first;
        int to = last;
        int room = first == last ? 4 : 2;
        while (room > 0 && (from > 1 || to < lines.size())) {
            if (from > 1) {
                from--;
                room--;
            }
            if (to < lines.size() && room > 0) {
                to++;
                room--;
            }
        }
        var out = new StringBuilder(name).append(':').append(first).append("\n--------------------\n");
        for (int number = from; number <= to && number <= lines.size(); number++) {
            String mark = number >= first && number <= last ? ">>>" : "   ";
            out.append(String.format(Locale.ROOT, "%4d | %s %s%n", number, mark, shown(lines.get(number - 1))));
        }
        return out.append("--------------------").toString();
    }

    private static String shown(String line) {
        return line.length() <= 300 ? line : line.substring(0, 300) + "…";
    }
}
