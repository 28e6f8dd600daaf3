package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An object in a file of devices. One that has fields beyond those known is refused: an edit left out is a broken device. */
final class CdiFields {
    private final String where;
    private final Map<?, ?> fields;

    private CdiFields(String where, Map<?, ?> fields) {
        this.where = requireNonNull(where, "where");
        this.fields = requireNonNull(fields, "fields");
    }

    /**
     * Reads an object.
     *
     * @param where it is, for errors
     * @throws NaruException INVALID for what is none, or has other fields
     */
    static CdiFields of(@Nullable Object value, String where, Set<String> known) {
        if (!(value instanceof Map<?, ?> fields)) {
            throw NaruException.invalid(where + " is not an object");
        }
        for (Object name : fields.keySet()) {
            if (!(name instanceof String text) || !known.contains(text)) {
                throw NaruException.invalid(where + " has a field \"" + name + "\" that is not known here");
            }
        }
        return new CdiFields(where, fields);
    }

    boolean has(String name) {
        return fields.get(name) != null;
    }

    @Nullable
    Object get(String name) {
        return fields.get(name);
    }

    /** A text, or a number as one; empty when there is none. */
    String text(String name) {
        Object value = fields.get(name);
        if (value instanceof Map || value instanceof List) {
            throw wrong(name, "a text");
        }
        return value == null ? "" : value.toString();
    }

    String required(String name) {
        String text = text(name);
        if (text.isEmpty()) {
            throw NaruException.invalid(where + " has no " + name);
        }
        return text;
    }

    String path(String name) {
        String path = required(name);
        if (!path.startsWith("/")) {
            throw wrong(name, "an absolute path");
        }
        return path;
    }

    @Nullable
    Long number(String name) {
        Object value = fields.get(name);
        return value == null ? null : Long.valueOf(number(name, value));
    }

    /** One of 32 bits, signed or not. */
    @Nullable
    Integer whole(String name) {
        Long number = number(name);
        return number == null ? null : Integer.valueOf(number.intValue());
    }

    private long number(String name, @Nullable Object value) {
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        // Octal, as older YAML has it: 0660.
        if (value instanceof String text && text.matches("0o?[0-7]{1,10}")) {
            return Long.parseLong(text.substring(text.startsWith("0o") ? 2 : 1), 8);
        }
        throw wrong(name, "a number");
    }

    List<?> list(String name) {
        Object value = fields.get(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw wrong(name, "a list");
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Object value : list(name)) {
            if (value == null || value instanceof Map || value instanceof List) {
                throw wrong(name, "a list of texts");
            }
            texts.add(value.toString());
        }
        return texts;
    }

    List<Integer> numbers(String name) {
        return list(name).stream().map(each -> (int) number(name, each)).toList();
    }

    Map<String, String> pairs(String name) {
        Object value = fields.get(name);
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw wrong(name, "an object");
        }
        Map<String, String> pairs = new HashMap<>();
        map.forEach((key, each) -> pairs.put(String.valueOf(key), String.valueOf(each)));
        return pairs;
    }

    NaruException wrong(String name, String wanted) {
        return NaruException.invalid(where + ": " + name + " is not " + wanted);
    }
}
