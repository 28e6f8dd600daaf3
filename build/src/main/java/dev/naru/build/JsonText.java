package dev.naru.build;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, strings, numbers and truth values as JSON; an entry without value is left out. */
final class JsonText {
    private JsonText() {}

    static String of(Object value) {
        var out = new StringBuilder();
        write(value, out, null);
        return out.toString();
    }

    /** With a line for each value, indented by two for each level, for people to read. */
    static String lines(Object value) {
        var out = new StringBuilder();
        write(value, out, "\n");
        return out.toString();
    }

    /** @param line what begins a line here, null to write everything in one */
    private static void write(@Nullable Object value, StringBuilder out, @Nullable String line) {
        String deeper = line == null ? null : line + "  ";
        if (value instanceof Map<?, ?> map) {
            out.append('{');
            map.forEach((key, each) -> {
                if (each != null) {
                    separate(out, '{', deeper);
                    string(String.valueOf(key), out);
                    out.append(line == null ? ":" : ": ");
                    write(each, out, deeper);
                }
            });
            close(out, '{', '}', line);
        } else if (value instanceof Collection<?> list) {
            out.append('[');
            list.forEach(each -> {
                separate(out, '[', deeper);
                write(each, out, deeper);
            });
            close(out, '[', ']', line);
        } else if (value instanceof Number || value instanceof Boolean || value == null) {
            out.append(value);
        } else {
            string(value.toString(), out);
        }
    }

    private static void separate(StringBuilder out, char open, @Nullable String line) {
        if (out.charAt(out.length() - 1) != open) {
            out.append(',');
        }
        out.append(line == null ? "" : line);
    }

    private static void close(StringBuilder out, char open, char close, @Nullable String line) {
        boolean empty = out.charAt(out.length() - 1) == open;
        out.append(line == null || empty ? "" : line).append(close);
    }

    private static void string(String text, StringBuilder out) {
        out.append('"');
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
