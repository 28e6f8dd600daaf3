package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Index;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import dev.naru.store.Store;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What blobs refer to: indexes to manifests, manifests to a configuration and layers (image-spec). */
final class ContentGraph {
    private static final int DEEPEST = 4;
    private static final int MOST_KNOWN = 4096;

    private final Store store;
    /** Content never changes under its digest, so what was read once stays true. */
    private final Map<String, List<Descriptor>> known = new ConcurrentHashMap<>();

    ContentGraph(Store store) {
        this.store = store;
    }

    /** The digests of what a descriptor leads to, its own first; what is not here leads nowhere. */
    Set<String> reach(Descriptor top) {
        var reached = new LinkedHashSet<String>();
        reach(top, reached, 0);
        return reached;
    }

    private void reach(Descriptor top, Set<String> reached, int depth) {
        if (reached.add(top.digest()) && depth < DEEPEST) {
            children(top).forEach(each -> reach(each, reached, depth + 1));
        }
    }

    /** Like {@link #reach}, but without the manifests of which something is missing, and what only these lead to. */
    Set<String> reachWhole(Descriptor top) {
        var reached = new LinkedHashSet<String>();
        reachWhole(top, reached, 0);
        return reached;
    }

    private void reachWhole(Descriptor top, Set<String> reached, int depth) {
        boolean part = depth > 0 && MediaTypes.isManifest(top.mediaType()) && !isWhole(top);
        if (!part && reached.add(top.digest()) && depth < DEEPEST) {
            children(top).forEach(each -> reachWhole(each, reached, depth + 1));
        }
    }

    private List<Descriptor> children(Descriptor of) {
        boolean index = MediaTypes.isIndex(of.mediaType());
        if (!index && !MediaTypes.isManifest(of.mediaType())) {
            return List.of();
        }
        List<Descriptor> before = known.get(of.digest());
        if (before != null) {
            return before;
        }
        Optional<List<Descriptor>> read = index
                ? index(of.digest()).map(Index::manifests)
                : manifest(of.digest()).map(ContentGraph::parts);
        if (read.isEmpty()) {
            return List.of();
        }
        if (known.size() > MOST_KNOWN) {
            known.clear();
        }
        List<Descriptor> children = List.copyOf(read.get());
        known.put(of.digest(), children);
        return children;
    }

    private static List<Descriptor> parts(Manifest manifest) {
        var parts = new ArrayList<Descriptor>();
        parts.add(manifest.config());
        parts.addAll(manifest.layers());
        return parts;
    }

    /** The index with this digest; empty when it is not here or broken. */
    Optional<Index> index(String digest) {
        return json(digest, Index.class).filter(index -> index.manifests() != null);
    }

    /** The manifest with this digest; empty when it is not here or broken. */
    Optional<Manifest> manifest(String digest) {
        return json(digest, Manifest.class).filter(manifest -> manifest.config() != null && manifest.layers() != null);
    }

    private <T> Optional<T> json(String digest, Class<T> type) {
        if (!store.blobs().exists(digest)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ImageJson.read(type, store.blobs().read(digest, ImageJson.LIMIT), digest));
        } catch (NaruException broken) {
            // The check of the store tells of it; for everybody else it leads nowhere.
            return Optional.empty();
        }
    }

    /** Whether a manifest is here with all that it names. */
    boolean isWhole(Descriptor manifest) {
        return store.blobs().exists(manifest.digest())
                && !children(manifest).isEmpty()
                && children(manifest).stream().allMatch(each -> store.blobs().exists(each.digest()));
    }
}
