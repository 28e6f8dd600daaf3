package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of an object of the automated builds' configuration; one that is not known is refused. */
final class AutobuildFields {
    private final String what;
    private final Map<String, @Nullable Object> fields;
    private final Set<String> known = new HashSet<>();

    AutobuildFields(String what, @Nullable Object tree) {
        this.what = requireNonNull(what, "what");
        if (!(tree instanceof Map<?, ?>)) {
            throw new CliException(what + " of the automated builds is not an object");
        }
        this.fields = Json.object(tree);
    }

    private @Nullable Object value(String name) {
        known.add(name);
        return fields.get(name);
    }

    String text(String name, String otherwise) {
        Object value = value(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof String text) {
            return text;
        }
        throw wrong(name, "a text");
    }

    boolean is(String name, boolean otherwise) {
        Object value = value(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Boolean truth) {
            return truth;
        }
        throw wrong(name, "true or false");
    }

    List<@Nullable Object> list(String name) {
        Object value = value(name);
        if (value == null || value instanceof List<?>) {
            return Json.list(value);
        }
        throw wrong(name, "a list");
    }

    List<String> texts(String name) {
        return list(name).stream()
                .map(each -> {
                    if (each instanceof String text) {
                        return text;
                    }
                    throw wrong(name, "a list of texts");
                })
                .toList();
    }

    Map<String, String> pairs(String name) {
        Object value = value(name);
        Map<String, String> pairs = new LinkedHashMap<>();
        Json.object(value).forEach((key, each) -> pairs.put(key, each == null ? "" : String.valueOf(each)));
        return pairs;
    }

    /** A time such as {@code 90s}, {@code 5m}, {@code 2h}; {@code 0} for never. */
    Duration duration(String name, Duration otherwise) {
        String text = text(name, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            return Duration.ofNanos(Units.parseDuration(text));
        } catch (CliException e) {
            throw wrong(name, "a time such as 90s, 5m or 2h");
        }
    }

    /** Refuses what nobody asked for. */
    void done() {
        for (String name : fields.keySet()) {
            if (!known.contains(name)) {
                throw new CliException(what + " of the automated builds has the unknown field \"" + name
                        + "\"; known are " + String.join(", ", new java.util.TreeSet<>(known)));
            }
        }
    }

    private CliException wrong(String name, String wanted) {
        return new CliException("\"" + name + "\" of " + what + " of the automated builds must be " + wanted);
    }
}
