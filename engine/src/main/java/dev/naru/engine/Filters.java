package dev.naru.engine;

import dev.naru.error.NaruException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Docker's filters: for each key the values of which one must match. */
public record Filters(Map<String, List<String>> values) {
    public static final Filters NONE = new Filters(Map.of());

    public Filters {
        values = Map.copyOf(values);
    }

    /**
     * Refuses unknown keys.
     *
     * @throws NaruException INVALID {@code invalid filter 'x'} for a key that is not accepted
     */
    public void requireKnown(Set<String> accepted) {
        for (String key : values.keySet()) {
            if (!accepted.contains(key)) {
                throw NaruException.invalid("invalid filter '" + key + "'");
            }
        }
    }

    public boolean contains(String key) {
        return values.containsKey(key);
    }

    public List<String> get(String key) {
        return values.getOrDefault(key, List.of());
    }

    /** True when the key is absent or one of its values passes. */
    public boolean any(String key, Predicate<String> test) {
        List<String> wanted = get(key);
        return wanted.isEmpty() || wanted.stream().anyMatch(test);
    }

    /** True when each {@code key} or {@code key=value} of the label filter is there, as Docker ANDs labels. */
    public boolean matchesLabels(String key, Map<String, String> labels) {
        return get(key).stream().allMatch(wanted -> {
            int equals = wanted.indexOf('=');
            return equals < 0
                    ? labels.containsKey(wanted)
                    : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
        });
    }
}
