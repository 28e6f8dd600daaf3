package dev.naru.image;

import dev.naru.oci.Descriptor;
import dev.naru.store.Store;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Finds blobs that no image refers to. */
final class ImageGarbage {
    private final Store store;
    private final Supplier<Catalogue> catalogue;

    ImageGarbage(Store store, Supplier<Catalogue> catalogue) {
        this.store = store;
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

    private static List<String> edges(Catalogue catalogue, String id) {
        StoredImage image = catalogue.images().get(id);
        return image == null ? List.of() : blobs(image);
    }

    /** The blobs that an image refers to, its configuration and manifest included. */
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

    static Set<String> blobsOf(Catalogue catalogue, Collection<String> ids) {
        var blobs = new HashSet<String>();
        ids.forEach(id -> blobs.addAll(edges(catalogue, id)));
        return blobs;
    }
}
