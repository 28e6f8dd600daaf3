package dev.naru.build;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which paths of each context a build reads. They are known when the whole file was read, and each step that reads the
 * context needs them before: so the file is read twice, and what the first time recorded is asked for in the second.
 */
final class ContextPaths {
    private final Map<String, Set<String>> recorded = new LinkedHashMap<>();
    private Map<String, Set<String>> known = Map.of();

    /** @param path relative to the context; empty for all of it */
    void record(String context, String path) {
        recorded.computeIfAbsent(context, key -> new TreeSet<>()).add(path);
    }

    void settle() {
        known = Map.copyOf(recorded);
    }

    /** Empty for everything. */
    List<String> of(String context) {
        Set<String> paths = known.getOrDefault(context, Set.of());
        return paths.contains("") ? List.of() : List.copyOf(paths);
    }
}
