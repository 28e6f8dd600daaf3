package dev.naru.build;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Values in the notation that Docker's history has them in. */
final class GoText {
    private GoText() {}

    /** As {@code ["a" "b"]}. */
    static String quotedList(List<String> values) {
        return values.stream().map(GoText::quoted).collect(Collectors.joining(" ", "[", "]"));
    }

    /** As {@code [a b]}. */
    static String list(Collection<String> values) {
        return "[" + String.join(" ", values) + "]";
    }

    static String quoted(String text) {
        var out = new StringBuilder("\"");
        text.codePoints().forEach(c -> out.append(escaped(c, '"')));
        return out.append('"').toString();
    }

    /** A number as the character of that code, which is how retries of a health check are shown. */
    static String rune(int value) {
        return "'" + escaped(value, '\'') + "'";
    }

    private static String escaped(int c, char quote) {
        return switch (c) {
            case 7 -> "\\a";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case 11 -> "\\v";
            case '\\' -> "\\\\";
            default -> c == quote ? "\\" + quote : printable(c);
        };
    }

    private static String printable(int c) {
        if (c < ' ' || c == 127) {
            return String.format(Locale.ROOT, "\\x%02x", c);
        }
        return Character.isValidCodePoint(c) ? Character.toString(c) : "\uFFFD";
    }
}
