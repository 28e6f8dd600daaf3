package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import dev.naru.oci.RootFs;
import dev.naru.registry.Registries;
import dev.naru.registry.Repository;
import dev.naru.store.Finding;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import dev.naru.store.Transaction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The images of one engine, in its store. */
public final class ImageStore implements Images, AutoCloseable {
    private final Store store;
    private final UnpackLimits limits;
    private final Removals removals = new Removals();
    private final LayerStore layers;
    private final OverlaySnapshotter snapshotter;
    private final LayerMove move;
    private final BuiltLayers built;
    private final ContentGraph graph;
    private final ImageVariants variants;
    private final ImageGarbage garbage;
    private final DiskShares shares;
    private final Durability durability;
    private final LayerFiles layerFiles;
    private final DeferredLayers deferred;
    /** Held while documents and catalogue change, never while layers are read or written. */
    private final ReentrantLock changing = new ReentrantLock();

    private volatile Catalogue catalogue;

    private ImageStore(Store store, LayerFormat format, UnpackLimits limits) {
        this.limits = limits;
        this.store = store;
        this.layers = new LayerStore(store, removals, format, limits);
        this.catalogue = readCatalogue();
        this.snapshotter = new OverlaySnapshotter(store, layers, removals, this::preparing, this::released);
        this.move = new LayerMove(store, layers, () -> catalogue, snapshotter::chains);
        this.graph = new ContentGraph(store);
        this.variants = new ImageVariants(store, layers, graph);
        this.garbage = new ImageGarbage(store, graph, () -> catalogue);
        this.shares = new DiskShares(store, layers, garbage);
        this.layerFiles = new LayerFiles(store);
        this.built = new BuiltLayers(store, layers, snapshotter, new Register(), shares, layerFiles);
        this.durability = new Durability(store, layers, this::safe);
        this.deferred = new DeferredLayers(store, layers, layerFiles, this::settle);
        deferred.open();
        recover();
        garbage.collectBlobs(store.blobs().list());
        collectLayers();
        writeIndex();
    }

    /** Opens the images in a store, and removes what an engine left that died. */
    public static ImageStore open(Store store) {
        return open(store, LayerFormat.DIRECTORY.driver(), UnpackLimits.DEFAULT);
    }

    /**
     * Opens the images with a storage driver: {@code overlay2} or {@code overlay} extracts layers, {@code erofs} makes an
     * image of each. Layers that another one has made are used, and unpacked again when that is possible.
     *
     * @throws NaruException INVALID for another name, NOT_SUPPORTED when the kernel lacks what it takes
     */
    public static ImageStore open(Store store, String driver, UnpackLimits limits) {
        return new ImageStore(store, LayerFormat.of(driver), limits);
    }

    private void settle(String blob) {
        durability.add(blob, () -> deferred.settle(blob));
    }

    private Catalogue readCatalogue() {
        return store.database().read(in -> {
            var images = new HashMap<String, StoredImage>();
            var names = new HashMap<String, String>();
            for (Transaction.Document each : in.list(StoredImage.KIND)) {
                images.put(each.id(), ImageJson.read(StoredImage.class, each.body(), "image " + each.id()));
                in.namesOf(StoredImage.KIND, each.id()).forEach(name -> names.put(name, each.id()));
            }
            return new Catalogue(images, names);
        });
    }

    /** What an engine wrote and did not see on the disk: the machine's death may have cut it off. */
    private void recover() {
        drop(BuiltLayers.lost(layers.all(), BootId.current()), in -> {});
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
            recovery.lostImages().forEach(image -> {
                in.delete(StoredImage.KIND, image.id());
                in.namesOf(StoredImage.KIND, image.id()).forEach(name -> in.releaseName(StoredImage.KIND, name));
            });
            recovery.remade().forEach(layer -> LayerStore.put(in, layer));
            return true;
        });
        layers.replace(recovery.remade());
        forgetFiles();
        catalogue = readCatalogue();
        durability.add(
                images,
                layers.all().stream().filter(each -> each.unsafeSince() != null).toList());
    }

    /** What is known of the files of layers whose directories are gone. */
    private void forgetFiles() {
        Set<String> known = new HashSet<>();
        layers.all().forEach(layer -> known.add(layer.directory()));
        layerFiles.retain(known);
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

    @Override
    public Image get(String reference) {
        return find(reference).orElseThrow(() -> noSuchImage(reference));
    }

    /** Docker's text: a name gets its tag, an id stays as it is. */
    private static NaruException noSuchImage(String reference) {
        String shown = dev.naru.oci.Digest.isDigest(reference) || reference.matches("[0-9a-f]{64}")
                ? reference
                : Reference.parse(reference).tagged().familiar();
        return NaruException.notFound("No such image: " + shown);
    }

    @Override
    public Optional<Image> find(String reference) {
        return catalogue.find(reference);
    }

    @Override
    public List<Image> list() {
        return catalogue.all();
    }

    @Override
    public void tag(String image, String reference) {
        Reference parsed = Reference.parse(reference).tagged();
        if (parsed.digest() != null) {
            throw NaruException.invalid("refusing to create a tag with a digest reference");
        }
        changing.lock();
        try {
            Image found = get(image);
            StoredImage old = catalogue.images().get(found.id());
            if (old == null) {
                throw noSuchImage(image);
            }
            StoredImage tagged = old.taggedAt(Registration.now());
            save(List.of(tagged), List.of(), Map.of(parsed.toString(), found.id()));
        } finally {
            changing.unlock();
        }
    }

    /** Makes images, layers and names durable, then visible. Names move from the images that had them. */
    private void save(List<StoredImage> images, List<StoredLayer> added, Map<String, String> names) {
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

    @Override
    public List<Removal> remove(String reference, boolean force, boolean prune, UsageCheck usedBy) {
        changing.lock();
        try {
            Image image = get(reference);
            var removal = new ImageRemoval(catalogue, usedBy, snapshotter.chains(), layers);
            removal.run(image.id(), reference, force, prune);
            apply(removal);
            return removal.steps();
        } finally {
            changing.unlock();
        }
    }

    private void preparing(String chainId) {
        move.chain(chainId);
    }

    /** A snapshot is gone: when no image has its layers any more, they go too. */
    private void released(String chainId) {
        boolean used = catalogue.images().values().stream()
                .anyMatch(image -> image.chainId().equals(chainId));
        if (!used && !chainId.isEmpty()) {
            collectLayers();
        }
    }

    private void collectLayers() {
        changing.lock();
        try {
            Set<String> needed = new HashSet<>();
            catalogue.images().values().forEach(image -> layers.addChain(needed, image.chainId()));
            snapshotter.chains().forEach(chain -> layers.addChain(needed, chain));
            built.all().forEach(chain -> layers.addChain(needed, chain));
            List<StoredLayer> unneeded = layers.all().stream()
                    .filter(layer -> !needed.contains(layer.chainId()))
                    .toList();
            drop(unneeded, in -> {});
        } finally {
            changing.unlock();
        }
    }

    /** Removes layers, except those that something began to use meanwhile, together with other documents. */
    private void drop(List<StoredLayer> unneeded, Consumer<Transaction> others) {
        List<StoredLayer> gone = layers.detach(unneeded, snapshotter::chains);
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

    private void apply(ImageRemoval removal) {
        if (removal.steps().isEmpty()) {
            return;
        }
        Catalogue before = catalogue;
        Set<String> garbaged = garbage.blobsOf(before, removal.images());
        drop(removal.layers(), in -> {
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

    @Override
    public List<String> load(InputStream archive, @Nullable Platform platform, Consumer<Progress> progress) {
        try (Lease lease = store.leases().open();
                var extractions = new Extractions(layers, lease, blob -> layers.hasDiff(blob))) {
            var spool = new Spool(store, lease, extractions, progress);
            try (var tar = new TarReader(BoundedChannel.plain(new StreamChannel(archive), limits.withAnySize()))) {
                spool.read(tar);
            } catch (IOException failure) {
                throw Failures.reading(failure);
            }
            return register(new ArchiveReader(spool, extractions, platform).plans(), lease, extractions);
        } finally {
            garbage.collectBlobs(store.blobs().list());
        }
    }

    private List<String> register(List<ImagePlan> plans, Lease lease, Extractions extractions) {
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
            commit(registration, images, names);
            return List.copyOf(loaded);
        } catch (RuntimeException | Error failure) {
            registration.undo();
            throw failure;
        }
    }

    private void commit(Registration registration, List<StoredImage> images, Map<String, String> names) {
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

    @Override
    public Pulled pull(Registries registries, PullRequest request, Consumer<Progress> progress) {
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
                        .equals(catalogue.names().get(each.getKey())));
                commit(registration, List.of(image), names);
                return new Pulled(image.id(), fetched.digest(), news);
            } catch (RuntimeException | Error failure) {
                registration.undo();
                throw failure;
            }
        } finally {
            garbage.collectBlobs(store.blobs().list());
        }
    }

    @Override
    public Pushed push(Registries registries, PushRequest request, Consumer<Progress> progress) {
        Reference reference = request.reference();
        Repository repository = registries.repository(reference, request.credentials());
        try (Lease lease = store.leases().open()) {
            StoredImage image = catalogue.images().get(get(reference.toString()).id());
            if (image == null) {
                throw noSuchImage(reference.familiar());
            }
            Pushed pushed = push(image, repository, request, lease, progress);
            changing.lock();
            try {
                if (catalogue.images().containsKey(image.id())) {
                    String name = reference.withDigest(pushed.digest()).toString();
                    save(List.of(), List.of(), Map.of(name, image.id()));
                }
            } finally {
                changing.unlock();
            }
            return pushed;
        }
    }

    private Pushed push(
            StoredImage image, Repository repository, PushRequest request, Lease lease, Consumer<Progress> progress) {
        Optional<Descriptor> index = variants.telling(image).filter(each -> PushPlatforms.isWhole(store, graph, each));
        return index.isPresent()
                ? new PushPlatforms(store, graph, repository, progress)
                        .run(index.get(), String.valueOf(request.reference().tag()), lease)
                : new Push(store, lease, repository, request, progress).run(image);
    }

    @Override
    public void save(List<String> references, List<Platform> platforms, OutputStream archive) {
        try (Lease lease = store.leases().open()) {
            var saved =
                    references.stream().flatMap(each -> named(each).stream()).toList();
            new ArchiveWriter(store, graph, variants, platforms, archive).write(catalogue, saved, lease);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write the archive", failure);
        }
    }

    /** A repository without a tag means all of its tags. */
    private List<ArchiveWriter.Saved> named(String reference) {
        Catalogue now = catalogue;
        Optional<Image> found = find(reference);
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
        Image image = get(reference);
        return List.of(new ArchiveWriter.Saved(
                image.id(), parsed.digest() == null ? Set.of(parsed.tagged().toString()) : Set.of()));
    }

    @Override
    public String importRootfs(InputStream tar, Commit commit) {
        try (Lease lease = store.leases().open();
                var extractions = new Extractions(layers, lease, blob -> false)) {
            String blob = NewImage.storeTar(store, lease, new StreamChannel(tar), limits);
            return make(new NewImage(commit), null, List.of(), blob, lease, extractions);
        } finally {
            garbage.collectBlobs(store.blobs().list());
        }
    }

    @Override
    public String commit(@Nullable Image base, String snapshot, Commit commit) {
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
            garbage.collectBlobs(store.blobs().list());
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
            commit(registration, List.of(made), names);
            return made.id();
        } catch (RuntimeException | Error failure) {
            registration.undo();
            throw failure;
        }
    }

    @Override
    public List<ImageVariant> variants(Image image) {
        StoredImage stored = catalogue.images().get(image.id());
        return stored == null ? List.of() : variants.of(stored);
    }

    @Override
    public Optional<Image> variant(Image image, Platform platform) {
        StoredImage stored = catalogue.images().get(image.id());
        return stored == null ? Optional.empty() : variants.find(stored, image, platform);
    }

    @Override
    public BuiltLayers built() {
        return built;
    }

    /** The documents of layers that builds make. */
    private final class Register implements BuiltLayers.LayerRegister {
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
                ImageStore.this.drop(
                        unneeded.stream()
                                .filter(layer -> !needed.contains(layer.chainId()))
                                .toList(),
                        with);
            } finally {
                changing.unlock();
            }
            collectLayers();
        }
    }

    @Override
    public String build(String chain, dev.naru.oci.ImageConfig config, List<String> references) {
        try (Lease lease = store.leases().open();
                var extractions = new Extractions(layers, lease, blob -> false)) {
            var image = new BuiltImage(store, layers, catalogue, lease, deferred);
            ImagePlan plan = image.plan(chain, config, references);
            var registration = new Registration(store, layers, lease, extractions);
            registration.give(image.placed());
            StoredImage made = registration.image(plan, null);
            var names = new HashMap<String, String>();
            references.forEach(name -> names.put(Reference.parse(name).tagged().toString(), made.id()));
            commit(registration, List.of(made), names);
            if (!image.described().isEmpty()) {
                new Register().add(image.described(), in -> {});
                durability.add(List.of(), image.described());
            }
            return made.id();
        }
    }

    @Override
    public List<ChainBlob> blobs(List<String> chains, Compression compression, Lease lease)
            throws InterruptedException {
        Map<String, ChainBlob> known = new LinkedHashMap<>();
        var config = new dev.naru.oci.ImageConfig(
                null, null, "", "", null, null, null, null, new RootFs("layers", List.of()), null, null, null, null);
        var writing = new LayerBlobs(store, lease, compression);
        // The highest first: those below are in it.
        for (String chain : chains.reversed()) {
            if (known.containsKey(chain)) {
                continue;
            }
            var image = new BuiltImage(store, layers, catalogue, lease, null);
            ImagePlan plan = image.plan(chain, config, List.of());
            for (int i = 0; i < plan.layers().size(); i++) {
                String each = image.chains().get(i);
                if (BuiltLayers.isBuilt(each) && !known.containsKey(each)) {
                    Descriptor blob = writing.of(plan.layers().get(i));
                    known.put(each, new ChainBlob(each, blob.digest(), blob.size(), blob.mediaType()));
                }
            }
            if (!image.described().isEmpty()) {
                new Register().add(image.described(), in -> {});
            }
        }
        return chains.stream()
                .map(known::get)
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    @Override
    public BuiltArchive.Written export(BuiltArchive order, OutputStream out) throws InterruptedException {
        try (Lease lease = store.leases().open()) {
            var archive = new BuiltArchiveWriter(store, lease, order);
            for (BuiltArchive.Part part : order.parts()) {
                var image = new BuiltImage(store, layers, catalogue, lease, null);
                archive.add(part, image.plan(part.chain(), part.config(), List.of()));
            }
            return archive.write(out);
        } finally {
            garbage.collectBlobs(store.blobs().list());
        }
    }

    @Override
    public Snapshotter snapshotter() {
        return snapshotter;
    }

    @Override
    public Map<String, DiskShare> diskShares() {
        return shares.of(catalogue);
    }

    @Override
    public long layersSize() {
        return layers.all().stream()
                .filter(layer -> !BuiltLayers.isBuilt(layer.chainId()))
                .mapToLong(StoredLayer::size)
                .sum();
    }

    @Override
    public List<Long> layerSizes(Image image) {
        return dev.naru.oci.ChainId.each(image.config().rootfs().diffIds()).stream()
                .map(chainId -> layers.find(chainId).map(StoredLayer::size).orElse(0L))
                .toList();
    }

    @Override
    public List<Finding> check(boolean repair) {
        removals.await();
        var check = new ImageCheck(store, layers, snapshotter, catalogue, garbage);
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
        catalogue.images().values().stream()
                .filter(image -> !check.broken().contains(image))
                .forEach(image -> recovery.remake(image, missing::get));
        recovery.remade().forEach(layer -> missing.remove(layer.chainId()));
        changing.lock();
        try {
            store.database().write(in -> {
                check.broken().forEach(image -> {
                    in.delete(StoredImage.KIND, image.id());
                    in.namesOf(StoredImage.KIND, image.id()).forEach(name -> in.releaseName(StoredImage.KIND, name));
                });
                recovery.remade().forEach(layer -> LayerStore.put(in, layer));
                return true;
            });
            catalogue = readCatalogue();
            drop(List.copyOf(missing.values()), in -> {});
            forgetFiles();
            writeIndex();
        } finally {
            changing.unlock();
        }
        durability.add(List.of(), recovery.remade());
        // Nothing needs them but platforms that are not unpacked here: without them those are not here.
        check.brokenVariants().forEach(store.blobs()::delete);
        check.orphanDirectories().forEach(layers::discard);
        garbage.collectBlobs(store.blobs().list());
        collectLayers();
        removals.await();
    }

    /** Waits until everything removed so far is gone from the disk, and everything added is on it. */
    @Override
    public void awaitRemovals() {
        removals.await();
        durability.await();
    }

    @Override
    public void close() {
        durability.close();
        removals.close();
        snapshotter.close();
        layers.close();
    }
}
