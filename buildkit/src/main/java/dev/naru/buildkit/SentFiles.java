package dev.naru.buildkit;

import dev.naru.build.ContextTree;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The trees that clients sent last, so that what did not change since is not sent again. */
final class SentFiles {
    private static final int MOST = 64;

    private final Map<String, ContextTree> trees = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ContextTree> eldest) {
            return size() > MOST;
        }
    };

    synchronized Optional<ContextTree> get(String key) {
        return Optional.ofNullable(trees.get(key));
    }

    synchronized void put(String key, ContextTree tree) {
        trees.put(key, tree);
    }
}
