package dev.naru.http;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Header fields in their order. Names compare without regard to case. */
public final class Headers {
    private final List<String> fields = new ArrayList<>();

    /** Appends a field; an equal name may be there already. */
    public Headers add(String name, String value) {
        requireOneLine(name);
        requireOneLine(value);
        fields.add(name);
        fields.add(value);
        return this;
    }

    /** Replaces all fields of this name. */
    public Headers set(String name, String value) {
        remove(name);
        return add(name, value);
    }

    public void remove(String name) {
        for (int at = fields.size() - 2; at >= 0; at -= 2) {
            if (fields.get(at).equalsIgnoreCase(name)) {
                fields.subList(at, at + 2).clear();
            }
        }
    }

    /** The first value of this name. */
    public @Nullable String get(String name) {
        for (int at = 0; at < fields.size(); at += 2) {
            if (fields.get(at).equalsIgnoreCase(name)) {
                return fields.get(at + 1);
            }
        }
        return null;
    }

    public String get(String name, String otherwise) {
        String value = get(name);
        return value == null ? otherwise : value;
    }

    public List<String> all(String name) {
        var values = new ArrayList<String>();
        forEach((field, value) -> {
            if (field.equalsIgnoreCase(name)) {
                values.add(value);
            }
        });
        return values;
    }

    /** Whether one of the comma-separated tokens of this field is {@code token}, in any case. */
    public boolean hasToken(String name, String token) {
        for (String value : all(name)) {
            for (String part : value.split(",", -1)) {
                if (part.strip().equalsIgnoreCase(token)) {
                    return true;
                }
            }
        }
        return false;
    }

    public void forEach(BiConsumer<String, String> each) {
        for (int at = 0; at < fields.size(); at += 2) {
            each.accept(fields.get(at), fields.get(at + 1));
        }
    }

    public int size() {
        return fields.size() / 2;
    }

    /** A line break in a value would let its author write headers, or a whole response, of his own. */
    private static void requireOneLine(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\r' || c == '\n' || c == 0) {
                throw new IllegalArgumentException("line break in a header field");
            }
        }
    }
}
