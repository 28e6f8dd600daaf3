package dev.naru.image;

import static java.util.Objects.requireNonNull;

import dev.naru.image.Images.Progress;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Reference;
import dev.naru.registry.Registries;
import dev.naru.registry.Repository;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Images on their way from registries and to them. */
final class ImageTransfers {
    private final Store store;
    private final LayerStore layers;
    private final ImageRegister register;
    private final ContentGraph graph;

    ImageTransfers(Store store, LayerStore layers, ImageRegister register, ContentGraph graph) {
        this.store = requireNonNull(store, "store");
        this.layers = requireNonNull(layers, "layers");
        this.register = requireNonNull(register, "register");
        this.graph = requireNonNull(graph, "graph");
    }

    Pulled pull(Registries registries, PullRequest request, Consumer<Progress> progress) {
        Repository repository = registries.repository(request.reference(), request.credentials());
        try (Lease lease = store.leases().open();
                var extractions = new Extractions(layers, lease, blob -> false)) {
            Pull.Fetched fetched = new Pull(store, layers, lease, extractions, repository, request, progress).run();
            var registration = new Registration(store, layers, lease, extractions);
            try {
                StoredImage image = registration.image(fetched.plan(), null).under(fetched.indexes());
                var names = new HashMap<String, String>();
                fetched.plan().references().forEach(name -> names.put(name, image.id()));
                boolean news = names.entrySet().stream().anyMatch(each -> !each.getValue()
                        .equals(register.catalogue().names().get(each.getKey())));
                register.commit(registration, List.of(image), names);
                return new Pulled(image.id(), fetched.digest(), news);
            } catch (RuntimeException | Error failure) {
                registration.undo();
                throw failure;
            }
        } finally {
            register.garbage().collectBlobs(store.blobs().list());
        }
    }

    Pushed push(Registries registries, PushRequest request, Consumer<Progress> progress) {
        Reference reference = request.reference();
        Repository repository = registries.repository(reference, request.credentials());
        try (Lease lease = store.leases().open()) {
            StoredImage image = register.stored(reference.toString());
            Pushed pushed = push(image, repository, request, lease, progress);
            register.name(image.id(), reference.withDigest(pushed.digest()).toString());
            return pushed;
        }
    }

    private Pushed push(
            StoredImage image, Repository repository, PushRequest request, Lease lease, Consumer<Progress> progress) {
        Optional<Descriptor> index = request.alone()
                ? Optional.empty()
                : register.variants().telling(image).filter(each -> PushPlatforms.isWhole(store, graph, each));
        return index.isPresent()
                ? new PushPlatforms(store, graph, repository, progress)
                        .run(index.get(), String.valueOf(request.reference().tag()), lease)
                : new Push(store, lease, repository, request, progress).run(image);
    }
}
