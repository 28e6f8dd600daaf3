package dev.naru.build;

import static java.util.Objects.requireNonNull;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The trees that clients sent last, so that what did not change since is neither sent nor looked at again. Bounded by their
 * number and by that of their files. For any thread.
 */
public final class RecentTrees {
    private static final int MOST = 64;
    private static final long MOST_FILES = 2_000_000;

    private final Map<Origin, ContextTree> trees = new LinkedHashMap<>(16, 0.75f, true);
    private long files;

    /** Where a tree has come from. */
    public sealed interface Origin {
        /**
         * A session's directory.
         *
         * @param key that the client's sessions share
         * @param name of the directory, as the client knows it
         * @param hint which of several transfers of it, as the build says
         */
        record Directory(String key, String name, String hint) implements Origin {}

        /**
         * An archive of the same bytes.
         *
         * @param digest of the archive as it came
         */
        record Archive(String digest) implements Origin {}
    }

    RecentTrees() {}

    /** What came from there last. */
    public synchronized Optional<ContextTree> get(Origin origin) {
        return Optional.ofNullable(trees.get(requireNonNull(origin, "origin")));
    }

    /** Keeps a tree, and lets go of those that were not asked for the longest. */
    public synchronized void put(Origin origin, ContextTree tree) {
        ContextTree before = trees.put(requireNonNull(origin, "origin"), requireNonNull(tree, "tree"));
        files += tree.entries().size() - (before == null ? 0 : before.entries().size());
        Iterator<ContextTree> eldest = trees.values().iterator();
        while (trees.size() > 1 && (trees.size() > MOST || files > MOST_FILES)) {
            files -= eldest.next().entries().size();
            eldest.remove();
        }
    }
}
