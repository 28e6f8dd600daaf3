package dev.naru.runtime;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The {@code attrs} object of a log line, as JSON; names in order, as Docker writes them. */
final class LogAttributes {
    private LogAttributes() {}

    /** Empty for no attributes: then lines have no such member. */
    static String json(Map<String, String> attributes) {
        if (attributes.isEmpty()) {
            return "";
        }
        return new TreeMap<>(attributes)
                .entrySet().stream()
                        .map(entry -> quoted(entry.getKey()) + ':' + quoted(entry.getValue()))
                        .collect(Collectors.joining(",", "{", "}"));
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> append(quoted, (char) c));
        return quoted.append('"').toString();
    }

    private static void append(StringBuilder out, char c) {
        if (c == '"' || c == '\\') {
            out.append('\\').append(c);
        } else if (c < ' ' || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') {
            out.append("\\u").append(String.format(java.util.Locale.ROOT, "%04x", (int) c));
        } else {
            out.append(c);
        }
    }
}
