package dev.naru.dbus;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A value that brings its type with it.
 *
 * @param signature a single complete type of the D-Bus specification
 * @param value of the Java type that {@link DbusMessage} names for it
 */
public record Variant(String signature, Object value) {
    public Variant {
        requireNonNull(signature, "signature");
        requireNonNull(value, "value");
    }

    public static Variant of(String text) {
        return new Variant("s", text);
    }

    public static Variant of(List<String> texts) {
        return new Variant("as", List.copyOf(texts));
    }
}
