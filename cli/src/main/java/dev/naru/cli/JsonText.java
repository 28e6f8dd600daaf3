package dev.naru.cli;

import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON trees as Go's encoder does: keys as they come, and {@code < > &} escaped when compact. */
final class JsonText {
    private final StringBuilder out = new StringBuilder();
    private final @Nullable String indent;

    private JsonText(@Nullable String indent) {
        this.indent = indent;
    }

    static String compact(@Nullable Object value) {
        var text = new JsonText(null);
        text.value(value, 0);
        return text.out.toString();
    }

    static String pretty(@Nullable Object value) {
        return pretty(value, "    ");
    }

    static String pretty(@Nullable Object value, String indent) {
        var text = new JsonText(indent);
        text.value(value, 0);
        return text.out.toString();
    }

    private void value(@Nullable Object value, int depth) {
        if (value instanceof String text) {
            string(text);
        } else if (value instanceof Map<?, ?> map) {
            object(map, depth);
        } else if (value instanceof Collection<?> list) {
            array(list, depth);
        } else if (value instanceof Double number) {
            out.append(TemplateValue.text(number));
        } else {
            out.append(value);
        }
    }

    private void object(Map<?, ?> map, int depth) {
        out.append('{');
        boolean first = true;
        for (var entry : map.entrySet()) {
            separate(first, depth + 1);
            first = false;
            string(String.valueOf(entry.getKey()));
            out.append(indent == null ? ":" : ": ");
            value(entry.getValue(), depth + 1);
        }
        close(first, depth);
        out.append('}');
    }

    private void array(Collection<?> list, int depth) {
        out.append('[');
        Iterator<?> elements = list.iterator();
        boolean first = true;
        while (elements.hasNext()) {
            separate(first, depth + 1);
            first = false;
            value(elements.next(), depth + 1);
        }
        close(first, depth);
        out.append(']');
    }

    private void separate(boolean first, int depth) {
        if (!first) {
            out.append(',');
        }
        newLine(depth);
    }

    private void close(boolean empty, int depth) {
        if (!empty) {
            newLine(depth);
        }
    }

    private void newLine(int depth) {
        if (indent != null) {
            out.append('\n');
            for (int i = 0; i < depth; i++) {
                out.append(indent);
            }
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || (indent == null && (c == '<' || c == '>' || c == '&'))) {
                        out.append("\\u00");
                        out.append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
