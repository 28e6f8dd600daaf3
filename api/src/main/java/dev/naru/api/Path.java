package dev.naru.api;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request's path without its version prefix, cut at slashes. */
record Path(@Nullable ApiVersion version, List<String> segments) {

    static Path of(String path) {
        var segments = new ArrayList<String>(5);
        int from = 1;
        while (from <= path.length()) {
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? path.length() : slash;
            segments.add(path.substring(from, to));
            from = to + 1;
        }
        if (!segments.isEmpty() && isVersion(segments.getFirst())) {
            return new Path(ApiVersion.parse(segments.getFirst().substring(1)), segments.subList(1, segments.size()));
        }
        return new Path(null, segments);
    }

    private static boolean isVersion(String segment) {
        return segment.length() > 1
                && segment.charAt(0) == 'v'
                && segment.chars().skip(1).allMatch(c -> (c >= '0' && c <= '9') || c == '.');
    }

    int size() {
        return segments.size();
    }

    /** The segment at this place, or an empty text behind the end. */
    String get(int index) {
        return index < segments.size() ? segments.get(index) : "";
    }

    String last() {
        return segments.isEmpty() ? "" : segments.getLast();
    }

    /** The segments from one place to before another one, with their slashes: a name that contains some. */
    String join(int from, int to) {
        return String.join("/", segments.subList(from, to));
    }
}
