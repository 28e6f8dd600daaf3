package dev.naru.image;

import dev.naru.oci.Reference;
import dev.naru.store.Finding;
import dev.naru.store.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Compares what the database says of images, layers and snapshots with what the disk has. Changes nothing. */
final class ImageCheck {
    private final Store store;
    private final LayerStore layers;
    private final OverlaySnapshotter snapshots;
    private final Catalogue catalogue;
    private final ImageGarbage garbage;
    private final List<StoredImage> broken = new ArrayList<>();
    private final List<StoredLayer> missing = new ArrayList<>();
    private final Set<String> brokenVariants = new HashSet<>();
    private final List<String> orphanBlobs = new ArrayList<>();
    private final List<String> orphanDirectories = new ArrayList<>();

    ImageCheck(
            Store store, LayerStore layers, OverlaySnapshotter snapshots, Catalogue catalogue, ImageGarbage garbage) {
        this.store = store;
        this.layers = layers;
        this.snapshots = snapshots;
        this.catalogue = catalogue;
        this.garbage = garbage;
    }

    /** Looks at everything; reads all blobs. */
    void run() {
        Set<String> bad = new HashSet<>();
        Set<String> referred = new HashSet<>();
        for (StoredImage image : catalogue.images().values()) {
            for (String blob : ImageGarbage.blobs(image)) {
                if (referred.add(blob) && !store.blobs().isIntact(blob)) {
                    bad.add(blob);
                }
                if (bad.contains(blob) && !broken.contains(image)) {
                    broken.add(image);
                }
            }
        }
        for (StoredImage image : catalogue.images().values()) {
            for (String blob : garbage.all(image)) {
                if (referred.add(blob)
                        && store.blobs().exists(blob)
                        && !store.blobs().isIntact(blob)) {
                    brokenVariants.add(blob);
                }
            }
        }
        store.blobs().list().stream()
                .filter(blob -> !referred.contains(blob) && !store.leases().isHeld(blob))
                .forEach(orphanBlobs::add);
        layers.all().stream().filter(layer -> !layers.isThere(layer)).forEach(missing::add);
        layers.orphans().stream()
                .filter(name -> !name.startsWith(InitLayer.UNFINISHED)
                        && !store.leases().isHeld(LayerStore.node(name)))
                .forEach(orphanDirectories::add);
    }

    List<StoredImage> broken() {
        return broken;
    }

    List<StoredLayer> missing() {
        return missing;
    }

    List<String> orphanBlobs() {
        return orphanBlobs;
    }

    /** Damaged blobs that only other platforms of images need. */
    Set<String> brokenVariants() {
        return brokenVariants;
    }

    List<String> orphanDirectories() {
        return orphanDirectories;
    }

    /** Snapshots that stand on layers nobody knows. */
    List<String> stranded() {
        return snapshots.keys().stream()
                .filter(key -> {
                    String chain = snapshots.chainOf(key);
                    return !chain.isEmpty() && layers.find(chain).isEmpty();
                })
                .toList();
    }

    /** What was found, in words. */
    List<Finding> report(boolean repaired) {
        var all = new ArrayList<Finding>();
        broken.forEach(image -> all.add(new Finding(
                "image " + name(image),
                "one of its blobs is missing or has another digest",
                repaired,
                repaired,
                "pull, load or build it again")));
        brokenVariants.forEach(blob -> all.add(new Finding(
                "blob " + blob,
                "it has another digest; another platform of an image needs it",
                repaired,
                repaired,
                "pull the image with --platform again")));
        missing.forEach(
                layer -> all.add(new Finding("layer " + layer.chainId(), "its directory is missing", repaired)));
        orphanBlobs.forEach(blob -> all.add(new Finding("blob " + blob, "no image refers to it", repaired)));
        orphanDirectories.forEach(
                name -> all.add(new Finding("directory " + layers.root().resolve(name), "no layer has it", repaired)));
        stranded()
                .forEach(key -> all.add(new Finding(
                        "snapshot " + key,
                        "its image's layers are missing",
                        false,
                        false,
                        "pull the image again, or remove container " + key)));
        return all;
    }

    private String name(StoredImage image) {
        List<Reference> names = catalogue.referencesOf(image.id());
        return names.isEmpty() ? image.id() : names.getFirst().familiar();
    }
}
