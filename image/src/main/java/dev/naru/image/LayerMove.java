package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.oci.ChainId;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Unpacks layers that another storage driver has made again in the format of this one, when a container is about to be
 * the only one that uses them. Overlayfs stacks both formats, so whatever cannot be moved is used as it is.
 */
final class LayerMove {
    private static final System.Logger LOG = System.getLogger("naru.image");

    private final Store store;
    private final LayerStore layers;
    private final Supplier<Catalogue> catalogue;
    private final Supplier<Set<String>> snapshotChains;
    private final ReentrantLock moving = new ReentrantLock();
    private final Set<String> unmovable = new HashSet<>();

    LayerMove(Store store, LayerStore layers, Supplier<Catalogue> catalogue, Supplier<Set<String>> snapshotChains) {
        this.store = store;
        this.layers = layers;
        this.catalogue = catalogue;
        this.snapshotChains = snapshotChains;
    }

    /** Moves what can be moved of a chain. */
    void chain(String chainId) {
        if (layers.chain(chainId).stream().noneMatch(this::isForeign)) {
            return;
        }
        moving.lock();
        try {
            for (StoredLayer layer : layers.chain(chainId).reversed()) {
                if (isForeign(layer) && unmovable.add(layer.chainId())) {
                    blob(layer).ifPresent(blob -> move(layer, blob));
                }
            }
        } finally {
            moving.unlock();
        }
    }

    private boolean isForeign(StoredLayer layer) {
        return layer.isImage() != (layers.format() == LayerFormat.EROFS);
    }

    private Optional<String> blob(StoredLayer layer) {
        for (StoredImage image : catalogue.get().images().values()) {
            int index = ChainId.each(image.config().rootfs().diffIds()).indexOf(layer.chainId());
            if (index >= 0) {
                return Optional.of(image.manifest().layers().get(index).digest());
            }
        }
        return Optional.empty();
    }

    private void move(StoredLayer layer, String blob) {
        try (Lease lease = store.leases().open()) {
            ExtractedLayer extracted = layers.extract(blob, lease);
            boolean same = extracted.diffId().equals(layer.diffId())
                    && extracted.format() == layers.format()
                    && layers.exchange(layer, extracted, snapshotChains);
            if (!same) {
                layers.discard(extracted.directory());
            }
            // A layer in use may be moved later; one that has too many files for an image stays.
            if (extracted.format() == layers.format()) {
                unmovable.remove(layer.chainId());
            }
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "cannot unpack layer " + layer.chainId() + " again", failure);
        }
    }
}
