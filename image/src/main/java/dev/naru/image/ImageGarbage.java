package dev.naru.image;

import dev.naru.oci.Descriptor;
import dev.naru.store.Store;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Finds blobs that no image leads to, be it through an index, a manifest or directly. */
final class ImageGarbage {
    private final Store store;
    private final ContentGraph graph;
    private final Supplier<Catalogue> catalogue;

    ImageGarbage(Store store, ContentGraph graph, Supplier<Catalogue> catalogue) {
        this.store = store;
        this.graph = graph;
        this.catalogue = catalogue;
    }

    /** Removes those of the blobs that no image needs and no lease holds; answers them. */
    Set<String> collectBlobs(Collection<String> candidates) {
        return store.collector()
                .collect(
                        candidates,
                        () -> catalogue.get().images().keySet(),
                        id -> edges(catalogue.get(), id),
                        store.blobs()::delete);
    }

    private Collection<String> edges(Catalogue catalogue, String id) {
        StoredImage image = catalogue.images().get(id);
        return image == null ? List.of() : all(image);
    }

    /** The blobs that an image keeps: its own, and those of other platforms that its indexes lead to. */
    Set<String> all(StoredImage image) {
        var blobs = new HashSet<>(blobs(image));
        if (image.indexes() != null) {
            image.indexes().forEach(each -> blobs.addAll(graph.reach(each)));
        }
        return blobs;
    }

    /** The blobs without which an image is none: configuration, manifest, layers, and its indexes. */
    static List<String> blobs(StoredImage image) {
        var blobs = new ArrayList<String>();
        blobs.add(image.id());
        blobs.add(image.manifestDigest());
        image.manifest().layers().stream().map(Descriptor::digest).forEach(blobs::add);
        if (image.indexes() != null) {
            image.indexes().forEach(each -> blobs.add(each.digest()));
        }
        return blobs;
    }

    Set<String> blobsOf(Catalogue catalogue, Collection<String> ids) {
        var blobs = new HashSet<String>();
        ids.forEach(id -> blobs.addAll(edges(catalogue, id)));
        return blobs;
    }
}
