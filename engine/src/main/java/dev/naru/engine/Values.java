package dev.naru.engine;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an absent field of a request means: the zero value of its type. */
final class Values {
    private Values() {}

    static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    static long number(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    static int number(@Nullable Integer value) {
        return value == null ? 0 : value;
    }

    static boolean flag(@Nullable Boolean value) {
        return value != null && value;
    }

    static <T> List<T> list(@Nullable List<T> value) {
        return value == null ? List.of() : value;
    }

    static <K, V> Map<K, V> map(@Nullable Map<K, V> value) {
        return value == null ? Map.of() : value;
    }
}
