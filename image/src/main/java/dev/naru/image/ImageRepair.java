package dev.naru.image;

import static java.util.Objects.requireNonNull;

import dev.naru.store.Finding;
import dev.naru.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares the documents of images and layers with what is on the disk, and mends the difference. */
final class ImageRepair {
    private final Store store;
    private final LayerStore layers;
    private final ImageRegister register;
    private final OverlaySnapshotter snapshotter;
    private final Removals removals;

    ImageRepair(
            Store store, LayerStore layers, ImageRegister register, OverlaySnapshotter snapshotter, Removals removals) {
        this.store = requireNonNull(store, "store");
        this.layers = requireNonNull(layers, "layers");
        this.register = requireNonNull(register, "register");
        this.snapshotter = requireNonNull(snapshotter, "snapshotter");
        this.removals = requireNonNull(removals, "removals");
    }

    List<Finding> check(boolean repair) {
        removals.await();
        var check = new ImageCheck(store, layers, snapshotter, register.catalogue(), register.garbage());
        check.run();
        if (repair) {
            repair(check);
        }
        var findings = new ArrayList<Finding>(store.check());
        findings.addAll(check.report(repair));
        return List.copyOf(findings);
    }

    private void repair(ImageCheck check) {
        var recovery = new Recovery(store, layers);
        Map<String, StoredLayer> missing = new HashMap<>();
        check.missing().forEach(layer -> missing.put(layer.chainId(), layer));
        register.catalogue().images().values().stream()
                .filter(image -> !check.broken().contains(image))
                .forEach(image -> recovery.remake(image, missing::get));
        recovery.remade().forEach(layer -> missing.remove(layer.chainId()));
        register.mend(check.broken(), recovery.remade(), missing.values());
        // Nothing needs them but platforms that are not unpacked here: without them those are not here.
        check.brokenVariants().forEach(store.blobs()::delete);
        check.orphanDirectories().forEach(layers::discard);
        register.garbage().collectBlobs(store.blobs().list());
        register.collectLayers();
        removals.await();
    }
}
