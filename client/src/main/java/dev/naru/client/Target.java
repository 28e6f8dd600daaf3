package dev.naru.client;

import dev.naru.http.PercentCode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Path and query of a request, encoded as they are put together. */
public final class Target {
    private final StringBuilder text;
    private char separator = '?';

    private Target(String path) {
        this.text = new StringBuilder(path);
    }

    /** {@code of("containers", id, "json")}. Slashes in names stay as they are, which the API wants. */
    public static Target of(String... segments) {
        var path = new StringBuilder();
        for (String segment : segments) {
            path.append('/').append(PercentCode.encode(segment));
        }
        return new Target(path.toString());
    }

    /** Adds a parameter; null adds nothing. */
    public Target with(String name, @Nullable Object value) {
        if (value != null) {
            text.append(separator).append(name).append('=').append(PercentCode.encode(value.toString()));
            separator = '&';
        }
        return this;
    }

    /** Adds a switch when it is on. */
    public Target flag(String name, boolean on) {
        return with(name, on ? "1" : null);
    }

    /** Adds a parameter for each value. */
    public Target all(String name, List<String> values) {
        values.forEach(value -> with(name, value));
        return this;
    }

    /** Adds filters, none when there are none. */
    public Target filters(Map<String, List<String>> filters) {
        return with("filters", filters.isEmpty() ? null : Json.text(filters));
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
