package dev.naru.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A path with its query. */
final class Query {
    private final StringBuilder text;
    private boolean first = true;

    Query(String path) {
        text = new StringBuilder(path);
    }

    Query with(String name, Object value) {
        text.append(first ? '?' : '&').append(name).append('=').append(encode(String.valueOf(value)));
        first = false;
        return this;
    }

    /** Adds it only when it says something: not null, not empty, not false. */
    Query maybe(String name, @org.jspecify.annotations.Nullable Object value) {
        return value == null || value.equals("") || value.equals(false) ? this : with(name, value);
    }

    /** Adds {@code key=value} filters as Docker's JSON. */
    Query filters(List<String> filters) {
        Map<String, List<String>> byKey = new LinkedHashMap<>();
        for (String filter : filters) {
            int equals = filter.indexOf('=');
            byKey.computeIfAbsent(filter.substring(0, equals).strip(), key -> new ArrayList<>())
                    .add(filter.substring(equals + 1).strip());
        }
        return byKey.isEmpty() ? this : with("filters", JsonText.compact(byKey));
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
