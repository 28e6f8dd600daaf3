package dev.naru.image;

import static java.util.Objects.requireNonNull;

import dev.naru.image.Images.Commit;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Images of one new layer: an imported file system, or what a container has written. */
final class CommittedImages {
    private final Store store;
    private final LayerStore layers;
    private final ImageRegister register;
    private final Snapshotter snapshotter;
    private final UnpackLimits limits;

    CommittedImages(
            Store store, LayerStore layers, ImageRegister register, Snapshotter snapshotter, UnpackLimits limits) {
        this.store = requireNonNull(store, "store");
        this.layers = requireNonNull(layers, "layers");
        this.register = requireNonNull(register, "register");
        this.snapshotter = requireNonNull(snapshotter, "snapshotter");
        this.limits = requireNonNull(limits, "limits");
    }

    String importRootfs(InputStream tar, Commit commit) {
        try (Lease lease = store.leases().open();
                var extractions = new Extractions(layers, lease, blob -> false)) {
            String blob = NewImage.storeTar(store, lease, new StreamChannel(tar), limits);
            return make(new NewImage(commit), null, List.of(), blob, lease, extractions);
        } finally {
            register.garbage().collectBlobs(store.blobs().list());
        }
    }

    String commit(@Nullable Image base, String snapshot, Commit commit) {
        try (Lease lease = store.leases().open();
                var extractions = new Extractions(layers, lease, blob -> false)) {
            String blob = NewImage.store(store, lease, out -> snapshotter.diff(snapshot, out));
            List<String> below = base == null
                    ? List.of()
                    : base.manifest().layers().stream()
                            .map(dev.naru.oci.Descriptor::digest)
                            .toList();
            return make(new NewImage(commit), base, below, blob, lease, extractions);
        } finally {
            register.garbage().collectBlobs(store.blobs().list());
        }
    }

    private String make(
            NewImage image,
            @Nullable Image base,
            List<String> below,
            String blob,
            Lease lease,
            Extractions extractions) {
        ExtractedLayer extracted = layers.extract(blob, lease);
        var registration = new Registration(store, layers, lease, extractions);
        extractions.give(blob, extracted);
        try {
            ImagePlan plan = image.plan(base, below, blob, extracted.diffId());
            StoredImage made = registration.image(plan, base == null ? null : base.id());
            var names = new HashMap<String, String>();
            plan.references().forEach(name -> names.put(name, made.id()));
            register.commit(registration, List.of(made), names);
            return made.id();
        } catch (RuntimeException | Error failure) {
            registration.undo();
            throw failure;
        }
    }
}
