package dev.naru.image;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.image.Images.Removal;
import dev.naru.image.Images.UsageCheck;
import dev.naru.oci.Reference;
import dev.naru.store.Store;
import dev.naru.store.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What images and layers there are: their documents, and the catalogue that is made of them. Whatever changes is durable
 * before it is seen.
 */
final class ImageRegister implements BuiltLayers.LayerRegister {
    private final Store store;
    private final LayerStore layers;
    private final ImageVariants variants;
    private final LayerFiles files;
    private final ImageGarbage garbage;
    private final ChainsInUse inUse;
    private final Durability durability;
    /** Held while documents and catalogue change, never while layers are read or written. */
    private final ReentrantLock changing = new ReentrantLock();

    private volatile Catalogue catalogue;

    /** Chains that more than images need. */
    interface ChainsInUse {
        /** Those that snapshots stand on. */
        Set<String> snapshots();

        /** Those that builds have made. */
        Collection<String> builds();
    }

    ImageRegister(Store store, LayerStore layers, LayerFiles files, ContentGraph graph, ChainsInUse inUse) {
        this.store = requireNonNull(store, "store");
        this.layers = requireNonNull(layers, "layers");
        this.files = requireNonNull(files, "files");
        this.inUse = requireNonNull(inUse, "inUse");
        this.variants = new ImageVariants(store, layers, graph);
        this.catalogue = Catalogue.read(store);
        this.garbage = new ImageGarbage(store, graph, this::catalogue);
        this.durability = new Durability(store, layers, this::safe);
    }

    Catalogue catalogue() {
        return catalogue;
    }

    ImageVariants variants() {
        return variants;
    }

    ImageGarbage garbage() {
        return garbage;
    }

    Durability durability() {
        return durability;
    }

    /** @throws NaruException NOT_FOUND, with Docker's text */
    Image get(String reference) {
        return catalogue.find(reference).orElseThrow(() -> noSuchImage(reference));
    }

    /** @throws NaruException NOT_FOUND, with Docker's text */
    StoredImage stored(String reference) {
        StoredImage stored = catalogue.images().get(get(reference).id());
        if (stored == null) {
            throw noSuchImage(reference);
        }
        return stored;
    }

    /** Docker's text: a name gets its tag, an id stays as it is. */
    private static NaruException noSuchImage(String reference) {
        String shown = dev.naru.oci.Digest.isDigest(reference) || reference.matches("[0-9a-f]{64}")
                ? reference
                : Reference.parse(reference).tagged().familiar();
        return NaruException.notFound("No such image: " + shown);
    }

    /** Removes what an engine left that died, and what nobody needs. */
    void open() {
        recover();
        garbage.collectBlobs(store.blobs().list());
        collectLayers();
        writeIndex();
    }

    /** What an engine wrote and did not see on the disk: the machine's death may have cut it off. */
    private void recover() {
        forget(BuiltLayers.lost(layers.all(), BootId.current()), in -> {});
        List<StoredImage> images = catalogue.images().values().stream()
                .filter(each -> each.unsafeSince() != null)
                .toList();
        List<StoredLayer> unsafe =
                layers.all().stream().filter(each -> each.unsafeSince() != null).toList();
        if (images.isEmpty() && unsafe.isEmpty()) {
            return;
        }
        var recovery = new Recovery(store, layers);
        recovery.run(images, unsafe);
        store.database().write(in -> {
            recovery.lostImages().forEach(image -> delete(in, image));
            recovery.remade().forEach(layer -> LayerStore.put(in, layer));
            return true;
        });
        layers.replace(recovery.remade());
        forgetFiles();
        catalogue = Catalogue.read(store);
        durability.add(
                images,
                layers.all().stream().filter(each -> each.unsafeSince() != null).toList());
    }

    private static void delete(Transaction in, StoredImage image) {
        in.delete(StoredImage.KIND, image.id());
        in.namesOf(StoredImage.KIND, image.id()).forEach(name -> in.releaseName(StoredImage.KIND, name));
    }

    /** What is known of the files of layers whose directories are gone. */
    private void forgetFiles() {
        Set<String> known = new HashSet<>();
        layers.all().forEach(layer -> known.add(layer.directory()));
        files.retain(known);
    }

    /** They are on the disk: their documents say so, if they are still there. */
    private void safe(List<StoredImage> images, List<StoredLayer> added) {
        changing.lock();
        try {
            var current = new HashMap<>(catalogue.images());
            store.database().write(in -> {
                for (StoredImage each : images) {
                    StoredImage now = current.get(each.id());
                    if (now != null) {
                        current.put(now.id(), now.safe());
                        in.put(StoredImage.KIND, now.id(), ImageJson.write(now.safe()));
                    }
                }
                for (StoredLayer each : added) {
                    if (layers.find(each.chainId()).isPresent()) {
                        LayerStore.put(in, each);
                    }
                }
                return true;
            });
            layers.replace(added);
            catalogue = new Catalogue(current, catalogue.names());
        } finally {
            changing.unlock();
        }
    }

    void tag(String image, String reference) {
        Reference parsed = Reference.parse(reference).tagged();
        if (parsed.digest() != null) {
            throw NaruException.invalid("refusing to create a tag with a digest reference");
        }
        changing.lock();
        try {
            StoredImage tagged = stored(image).taggedAt(Registration.now());
            save(List.of(tagged), List.of(), Map.of(parsed.toString(), tagged.id()));
        } finally {
            changing.unlock();
        }
    }

    /** Gives an image one more name, if it is still there. */
    void name(String id, String name) {
        changing.lock();
        try {
            if (catalogue.images().containsKey(id)) {
                save(List.of(), List.of(), Map.of(name, id));
            }
        } finally {
            changing.unlock();
        }
    }

    /** Gives an image these names too, if there is such an image; names move from the images that had them. */
    boolean name(String id, Map<String, String> names) {
        changing.lock();
        try {
            if (!catalogue.images().containsKey(id)) {
                return false;
            }
            save(List.of(), List.of(), names);
            return true;
        } finally {
            changing.unlock();
        }
    }

    /** Takes in what a registration has made; names move from the images that had them. */
    void commit(Registration registration, List<StoredImage> images, Map<String, String> names) {
        changing.lock();
        try {
            var kept = new ArrayList<StoredImage>();
            for (StoredImage image : images) {
                StoredImage old = catalogue.images().get(image.id());
                kept.add(old == null ? image : old.alsoUnder(image));
            }
            List<StoredLayer> added = layers.onlyNew(registration.added());
            save(kept, added, names);
            durability.add(kept, added);
        } finally {
            changing.unlock();
        }
    }

    /** Makes images, layers and names durable, then visible. */
    private void save(List<StoredImage> images, List<StoredLayer> added, Map<String, String> names) {
        boolean known = added.isEmpty()
                && images.stream()
                        .allMatch(each -> each.equals(catalogue.images().get(each.id())))
                && catalogue.names().entrySet().containsAll(names.entrySet());
        if (known) {
            return;
        }
        store.database().write(in -> {
            added.forEach(layer -> LayerStore.put(in, layer));
            images.forEach(image -> in.put(StoredImage.KIND, image.id(), ImageJson.write(image)));
            names.forEach((name, id) -> {
                in.releaseName(StoredImage.KIND, name);
                in.claimName(StoredImage.KIND, name, id);
            });
            return true;
        });
        layers.added(added);
        var allImages = new HashMap<>(catalogue.images());
        images.forEach(image -> allImages.put(image.id(), image));
        var allNames = new HashMap<>(catalogue.names());
        allNames.putAll(names);
        catalogue = new Catalogue(allImages, allNames);
        writeIndex();
    }

    private void writeIndex() {
        store.blobs().writeIndex(LayoutIndex.of(catalogue, variants::telling));
    }

    List<Removal> remove(String reference, boolean force, boolean prune, UsageCheck usedBy) {
        changing.lock();
        try {
            Image image = get(reference);
            var removal = new ImageRemoval(catalogue, usedBy, inUse.snapshots(), layers);
            removal.run(image.id(), reference, force, prune);
            apply(removal);
            return removal.steps();
        } finally {
            changing.unlock();
        }
    }

    private void apply(ImageRemoval removal) {
        if (removal.steps().isEmpty()) {
            return;
        }
        Catalogue before = catalogue;
        Set<String> garbaged = garbage.blobsOf(before, removal.images());
        forget(removal.layers(), in -> {
            removal.names().forEach(name -> in.releaseName(StoredImage.KIND, name));
            removal.images().forEach(id -> in.delete(StoredImage.KIND, id));
        });
        var images = new HashMap<>(before.images());
        removal.images().forEach(images::remove);
        var names = new HashMap<>(before.names());
        removal.names().forEach(names::remove);
        catalogue = new Catalogue(images, names);
        writeIndex();
        garbage.collectBlobs(garbaged);
    }

    /** A snapshot is gone: when no image has its layers any more, they go too. */
    void released(String chainId) {
        boolean used = catalogue.images().values().stream()
                .anyMatch(image -> image.chainId().equals(chainId));
        if (!used && !chainId.isEmpty()) {
            collectLayers();
        }
    }

    /** Removes the layers that nobody needs. */
    void collectLayers() {
        changing.lock();
        try {
            Set<String> needed = new HashSet<>();
            catalogue.images().values().forEach(image -> layers.addChain(needed, image.chainId()));
            inUse.snapshots().forEach(chain -> layers.addChain(needed, chain));
            inUse.builds().forEach(chain -> layers.addChain(needed, chain));
            List<StoredLayer> unneeded = layers.all().stream()
                    .filter(layer -> !needed.contains(layer.chainId()))
                    .toList();
            forget(unneeded, in -> {});
        } finally {
            changing.unlock();
        }
    }

    /** Removes layers, except those that something began to use meanwhile, together with other documents. */
    private void forget(List<StoredLayer> unneeded, Consumer<Transaction> others) {
        List<StoredLayer> gone = layers.detach(unneeded, inUse::snapshots);
        try {
            store.database().write(in -> {
                for (StoredLayer layer : gone) {
                    in.delete(StoredLayer.KIND, layer.chainId());
                    if (!layers.isUsed(layer.directory())) {
                        LayerFiles.delete(in, layer.directory());
                    }
                }
                others.accept(in);
                return true;
            });
        } catch (RuntimeException | Error failure) {
            layers.added(gone);
            throw failure;
        }
        layers.discard(gone);
    }

    @Override
    public void add(List<StoredLayer> added, Consumer<Transaction> with) {
        store.database().write(in -> {
            added.forEach(layer -> LayerStore.put(in, layer));
            with.accept(in);
            return true;
        });
        layers.added(added);
    }

    @Override
    public void drop(List<StoredLayer> unneeded, Consumer<Transaction> with) {
        changing.lock();
        try {
            Set<String> needed = new HashSet<>();
            layers.all().stream()
                    .filter(layer -> !unneeded.contains(layer))
                    .forEach(layer -> needed.add(layer.parent()));
            forget(
                    unneeded.stream()
                            .filter(layer -> !needed.contains(layer.chainId()))
                            .toList(),
                    with);
        } finally {
            changing.unlock();
        }
        collectLayers();
    }

    /** Takes over what a repair has found: what is broken goes, what was made again comes. */
    void mend(Collection<StoredImage> broken, List<StoredLayer> remade, Collection<StoredLayer> missing) {
        changing.lock();
        try {
            store.database().write(in -> {
                broken.forEach(image -> delete(in, image));
                remade.forEach(layer -> LayerStore.put(in, layer));
                return true;
            });
            catalogue = Catalogue.read(store);
            forget(List.copyOf(missing), in -> {});
            forgetFiles();
            writeIndex();
        } finally {
            changing.unlock();
        }
        durability.add(List.of(), remade);
    }
}
