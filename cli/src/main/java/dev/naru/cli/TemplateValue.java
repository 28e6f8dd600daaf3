package dev.naru.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How templates see values: truth, fields, elements and Go's way of printing them. */
final class TemplateValue {
    private TemplateValue() {}

    /** An element of a list or map. */
    record Entry(Object key, @Nullable Object value) {}

    static boolean truth(@Nullable Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        } else if (value instanceof Number number) {
            return number.doubleValue() != 0;
        } else if (value instanceof String text) {
            return !text.isEmpty();
        } else if (value instanceof Collection<?> collection) {
            return !collection.isEmpty();
        } else if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        return value != null;
    }

    static @Nullable Object field(@Nullable Object value, String name) {
        if (value instanceof Map<?, ?> map) {
            if (!map.containsKey(name)) {
                throw new TemplateException("map has no entry for key \"" + name + "\"");
            }
            return map.get(name);
        }
        throw new TemplateException(
                value == null
                        ? "nil pointer evaluating ." + name
                        : "can't evaluate field " + name + " in " + text(value));
    }

    static List<Entry> entries(@Nullable Object value) {
        List<Entry> entries = new ArrayList<>();
        switch (value) {
            case null -> {}
            case Map<?, ?> map -> sorted(map).forEach((key, element) -> entries.add(new Entry(key, element)));
            case Collection<?> collection -> {
                long index = 0;
                for (Object element : collection) {
                    entries.add(new Entry(index++, element));
                }
            }
            case Number count -> {
                for (long i = 0; i < count.longValue(); i++) {
                    entries.add(new Entry(i, i));
                }
            }
            default -> throw new TemplateException("range can't iterate over " + text(value));
        }
        return entries;
    }

    private static Map<String, @Nullable Object> sorted(Map<?, ?> map) {
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        map.forEach((key, element) -> sorted.put(String.valueOf(key), element));
        return sorted;
    }

    /** As Go's fmt prints it with %v. */
    static String text(@Nullable Object value) {
        if (value == null) {
            return "<no value>";
        } else if (value instanceof String text) {
            return text;
        } else if (value instanceof Map<?, ?> map) {
            var out = new StringBuilder("map[");
            sorted(map).forEach((key, element) -> out.append(out.length() > 4 ? " " : "")
                    .append(key)
                    .append(':')
                    .append(inner(element)));
            return out.append(']').toString();
        } else if (value instanceof Collection<?> collection) {
            var out = new StringBuilder("[");
            for (Object element : collection) {
                out.append(out.length() > 1 ? " " : "").append(inner(element));
            }
            return out.append(']').toString();
        }
        return value instanceof Double number ? number(number) : value.toString();
    }

    private static String inner(@Nullable Object value) {
        return value == null ? "<nil>" : text(value);
    }

    private static String number(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? String.valueOf((long) number)
                : String.valueOf(number);
    }
}
