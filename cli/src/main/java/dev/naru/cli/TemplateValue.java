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
        return switch (value) {
            case null -> false;
            case Boolean flag -> flag;
            case Number number -> number.doubleValue() != 0;
            case String text -> !text.isEmpty();
            case Collection<?> collection -> !collection.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    static @Nullable Object field(@Nullable Object value, String name) {
        switch (value) {
            case Map<?, ?> map -> {
                if (!map.containsKey(name)) {
                    throw new TemplateException("map has no entry for key \"" + name + "\"");
                }
                return map.get(name);
            }
            case null -> throw new TemplateException("nil pointer evaluating ." + name);
            default -> throw new TemplateException("can't evaluate field " + name + " in " + text(value));
        }
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
        return switch (value) {
            case null -> "<no value>";
            case Map<?, ?> map -> {
                var out = new StringBuilder("map[");
                sorted(map).forEach((key, element) -> out.append(out.length() > 4 ? " " : "")
                        .append(key)
                        .append(':')
                        .append(inner(element)));
                yield out.append(']').toString();
            }
            case Collection<?> collection -> {
                var out = new StringBuilder("[");
                for (Object element : collection) {
                    out.append(out.length() > 1 ? " " : "").append(inner(element));
                }
                yield out.append(']').toString();
            }
            case Double number -> number(number);
            default -> value.toString();
        };
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
