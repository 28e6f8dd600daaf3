package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks at images and layers that were not known to be on the disk when the machine died: blobs are read and compared
 * with their digests, layers extracted again. What cannot be saved is lost as a whole.
 */
final class Recovery {
    private static final System.Logger LOG = System.getLogger("naru.image");

    private final Store store;
    private final LayerStore layers;
    private final String boot = BootId.current();
    private final List<StoredImage> lost = new ArrayList<>();
    private final List<StoredLayer> remade = new ArrayList<>();
    private final Set<String> tried = new HashSet<>();

    Recovery(Store store, LayerStore layers) {
        this.store = store;
        this.layers = layers;
    }

    void run(List<StoredImage> images, List<StoredLayer> unsafe) {
        Map<String, StoredLayer> doubtful = new HashMap<>();
        unsafe.stream()
                .filter(layer -> !boot.equals(layer.unsafeSince()))
                .forEach(layer -> doubtful.put(layer.chainId(), layer));
        for (StoredImage image : images) {
            if (!boot.equals(image.unsafeSince()) && !save(image, doubtful)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "image " + image.id() + " was being written when the machine died and is lost");
                lost.add(image);
            }
        }
    }

    private boolean save(StoredImage image, Map<String, StoredLayer> doubtful) {
        return ImageGarbage.blobs(image).stream().allMatch(store.blobs()::isIntact) && remake(image, doubtful::get);
    }

    /** Extracts those of an image's layers again that the function knows; whether all went well. */
    boolean remake(
            StoredImage image,
            java.util.function.Function<String, @org.jspecify.annotations.Nullable StoredLayer> doubtful) {
        List<String> chains = dev.naru.oci.ChainId.each(image.config().rootfs().diffIds());
        for (int i = 0; i < chains.size(); i++) {
            StoredLayer layer = doubtful.apply(chains.get(i));
            if (layer != null && tried.add(layer.chainId())) {
                String blob = image.manifest().layers().get(i).digest();
                if (!remake(layer, blob)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean remake(StoredLayer layer, String blob) {
        try (Lease lease = store.leases().open()) {
            ExtractedLayer extracted = layers.extract(blob, lease);
            if (!extracted.diffId().equals(layer.diffId())) {
                layers.discard(extracted.directory());
                return false;
            }
            layers.place(
                    extracted,
                    layer.parent(),
                    layer.parent().isEmpty() ? List.of() : layers.directories(layer.parent()));
            StoredLayer again = layer.in(extracted, boot);
            layers.replace(List.of(again));
            remade.add(again);
            layers.discard(List.of(layer));
            return true;
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "cannot extract layer " + layer.chainId() + " again", failure);
            return false;
        }
    }

    /** Images that are gone; their documents are still there. */
    List<StoredImage> lostImages() {
        return lost;
    }

    /** Layers in new directories, to be put into the database. */
    List<StoredLayer> remade() {
        return remade;
    }
}
