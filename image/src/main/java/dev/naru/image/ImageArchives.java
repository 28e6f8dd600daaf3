package dev.naru.image;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Images.Progress;
import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Images in archives: what {@code load} takes in and {@code save} gives out. */
final class ImageArchives {
    private final Store store;
    private final LayerStore layers;
    private final ImageRegister register;
    private final ContentGraph graph;
    private final UnpackLimits limits;

    ImageArchives(Store store, LayerStore layers, ImageRegister register, ContentGraph graph, UnpackLimits limits) {
        this.store = requireNonNull(store, "store");
        this.layers = requireNonNull(layers, "layers");
        this.register = requireNonNull(register, "register");
        this.graph = requireNonNull(graph, "graph");
        this.limits = requireNonNull(limits, "limits");
    }

    List<String> load(InputStream archive, @Nullable Platform platform, Consumer<Progress> progress) {
        try (Lease lease = store.leases().open();
                var extractions = new Extractions(layers, lease, blob -> layers.hasDiff(blob))) {
            var spool = new Spool(store, lease, extractions, progress);
            try (var tar = new TarReader(BoundedChannel.plain(new StreamChannel(archive), limits.withAnySize()))) {
                spool.read(tar);
            } catch (IOException failure) {
                throw Failures.reading(failure);
            }
            return take(new ArchiveReader(spool, extractions, platform).plans(), lease, extractions);
        } finally {
            register.garbage().collectBlobs(store.blobs().list());
        }
    }

    private List<String> take(List<ImagePlan> plans, Lease lease, Extractions extractions) {
        var registration = new Registration(store, layers, lease, extractions);
        try {
            var images = new ArrayList<StoredImage>();
            var names = new HashMap<String, String>();
            var loaded = new LinkedHashSet<String>();
            for (ImagePlan plan : plans) {
                StoredImage image = registration.image(plan, null).under(plan.indexes());
                images.add(image);
                plan.references().forEach(name -> {
                    names.put(name, image.id());
                    loaded.add(Reference.parse(name).familiar());
                });
                if (plan.references().isEmpty()) {
                    loaded.add(image.id());
                }
            }
            register.commit(registration, images, names);
            return List.copyOf(loaded);
        } catch (RuntimeException | Error failure) {
            registration.undo();
            throw failure;
        }
    }

    void save(List<String> references, List<Platform> platforms, OutputStream archive) {
        try (Lease lease = store.leases().open()) {
            var saved =
                    references.stream().flatMap(each -> named(each).stream()).toList();
            new ArchiveWriter(store, graph, register.variants(), platforms, archive)
                    .write(register.catalogue(), saved, lease);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write the archive", failure);
        }
    }

    /** A repository without a tag means all of its tags. */
    private List<ArchiveWriter.Saved> named(String reference) {
        Catalogue now = register.catalogue();
        Optional<Image> found = now.find(reference);
        if (found.isPresent() && Catalogue.isIdPrefix(found.get().id(), reference)) {
            return List.of(new ArchiveWriter.Saved(found.get().id(), Set.of()));
        }
        Reference parsed = Reference.parse(reference);
        if (parsed.tag() == null && parsed.digest() == null) {
            List<ArchiveWriter.Saved> all = now.names().entrySet().stream()
                    .filter(each -> each.getKey().startsWith(parsed + ":"))
                    .map(each -> new ArchiveWriter.Saved(each.getValue(), Set.of(each.getKey())))
                    .toList();
            if (!all.isEmpty()) {
                return all;
            }
        }
        Image image = register.get(reference);
        return List.of(new ArchiveWriter.Saved(
                image.id(), parsed.digest() == null ? Set.of(parsed.tagged().toString()) : Set.of()));
    }
}
