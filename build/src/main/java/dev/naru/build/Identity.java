package dev.naru.build;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a vertex' result is, known before the work is done.
 *
 * @param key of the work; empty for sources
 * @param trees its outputs; layers that may have to be made
 * @param alias a key by definition alone that leads to {@code key} from now on, null for none
 * @param ready whether all of it is there
 * @param from the cache elsewhere that has it, null for none
 */
record Identity(
        String key,
        List<Tree> trees,
        @Nullable String alias,
        boolean ready,
        @Nullable CacheSource from) {
    Identity {
        trees = List.copyOf(trees);
    }

    Identity(String key, List<Tree> trees, @Nullable String alias, boolean ready) {
        this(key, trees, alias, ready, null);
    }

    /** Of one output. */
    String of(int output) {
        return switch (trees.get(output)) {
            case Tree.Layers(String chain) -> chain;
            case Tree.Files(ContextTree tree) -> tree.identity();
        };
    }

    static Identity source(Tree tree) {
        return new Identity("", List.of(tree), null, true);
    }
}
