package dev.naru.image;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.Reference;
import dev.naru.oci.RootFs;
import dev.naru.registry.Repository;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Images whose layers a build has made, and those layers as blobs and archives. */
final class BuiltImages {
    private final Store store;
    private final LayerStore layers;
    private final ImageRegister register;
    private final DeferredLayers deferred;

    BuiltImages(Store store, LayerStore layers, ImageRegister register, DeferredLayers deferred) {
        this.store = requireNonNull(store, "store");
        this.layers = requireNonNull(layers, "layers");
        this.register = requireNonNull(register, "register");
        this.deferred = requireNonNull(deferred, "deferred");
    }

    String build(String chain, dev.naru.oci.ImageConfig config, List<String> references) {
        try (Lease lease = store.leases().open();
                var extractions = new Extractions(layers, lease, blob -> false)) {
            var image = new BuiltImage(store, layers, register.catalogue(), lease, deferred);
            ImagePlan plan = image.plan(chain, config, references);
            String id = Digest.of(plan.config()).toString();
            var names = new HashMap<String, String>();
            references.forEach(name -> names.put(Reference.parse(name).tagged().toString(), id));
            // The same again is what most builds make.
            if (image.placed().isEmpty() && image.described().isEmpty() && register.name(id, names)) {
                return id;
            }
            var registration = new Registration(store, layers, lease, extractions);
            registration.give(image.placed());
            StoredImage made = registration.image(plan, null);
            register.commit(registration, List.of(made), names);
            if (!image.described().isEmpty()) {
                register.add(image.described(), in -> {});
                register.durability().add(List.of(), image.described());
            }
            return made.id();
        }
    }

    List<ChainBlob> blobs(List<String> chains, Compression compression, Lease lease) throws InterruptedException {
        Map<String, ChainBlob> known = new LinkedHashMap<>();
        var config = new dev.naru.oci.ImageConfig(
                null, null, "", "", null, null, null, null, new RootFs("layers", List.of()), null, null, null, null);
        var writing = new LayerBlobs(store, lease, LayerEncoding.of(compression));
        // The highest first: those below are in it.
        for (String chain : chains.reversed()) {
            if (known.containsKey(chain)) {
                continue;
            }
            var image = new BuiltImage(store, layers, register.catalogue(), lease, null);
            ImagePlan plan = image.plan(chain, config, List.of());
            for (int i = 0; i < plan.layers().size(); i++) {
                String each = image.chains().get(i);
                if (BuiltLayers.isBuilt(each) && !known.containsKey(each)) {
                    Descriptor blob = writing.of(plan.layers().get(i));
                    known.put(each, new ChainBlob(each, blob.digest(), blob.size(), blob.mediaType()));
                }
            }
            if (!image.described().isEmpty()) {
                register.add(image.described(), in -> {});
            }
        }
        return chains.stream()
                .map(known::get)
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    BuiltArchive.Written export(BuiltArchive order, OutputStream out) throws InterruptedException {
        return made(order, (archive, lease) -> archive.write(out));
    }

    BuiltArchive.Written export(BuiltArchive order, BuiltArchive.BlobSink sink) throws InterruptedException {
        return made(order, (archive, lease) -> archive.send(sink));
    }

    /** Sends an image that is in no catalogue. */
    Pushed push(BuiltArchive order, Repository repository, @Nullable String tag, Consumer<Images.Progress> progress)
            throws InterruptedException {
        return made(order, (archive, lease) -> {
            Descriptor top = archive.top();
            return new PushPlatforms(store, new ContentGraph(store), repository, progress)
                    .run(top, tag == null ? top.digest() : tag, lease);
        });
    }

    private interface Use<T> {
        T of(BuiltArchiveWriter archive, Lease lease) throws InterruptedException;
    }

    private <T> T made(BuiltArchive order, Use<T> use) throws InterruptedException {
        try (Lease lease = store.leases().open()) {
            var archive = new BuiltArchiveWriter(store, lease, order);
            for (BuiltArchive.Part part : order.parts()) {
                var image = new BuiltImage(store, layers, register.catalogue(), lease, null);
                archive.add(part, image.plan(part.chain(), part.config(), List.of()));
            }
            return use.of(archive, lease);
        } finally {
            register.garbage().collectBlobs(store.blobs().list());
        }
    }
}
