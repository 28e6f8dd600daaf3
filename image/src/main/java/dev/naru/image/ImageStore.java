package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import dev.naru.registry.Credentials;
import dev.naru.registry.Registries;
import dev.naru.store.Finding;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The images of one engine, in its store. */
public final class ImageStore implements Images, AutoCloseable {
    private final Removals removals = new Removals();
    private final LayerStore layers;
    private final OverlaySnapshotter snapshotter;
    private final LayerMove move;
    private final BuiltLayers built;
    private final DiskShares shares;
    private final DeferredLayers deferred;
    private final ImageRegister register;
    private final ImageTransfers transfers;
    private final ImageArchives archives;
    private final CommittedImages committed;
    private final BuiltImages builds;
    private final ImageRepair repair;

    private ImageStore(Store store, LayerFormat format, UnpackLimits limits) {
        var graph = new ContentGraph(store);
        var files = new LayerFiles(store);
        this.layers = new LayerStore(store, removals, format, limits);
        this.register = new ImageRegister(store, layers, files, graph, new InUse());
        this.snapshotter = new OverlaySnapshotter(store, layers, removals, this::preparing, register::released);
        this.move = new LayerMove(store, layers, register::catalogue, snapshotter::chains);
        this.shares = new DiskShares(store, layers, register.garbage());
        this.built = new BuiltLayers(store, layers, snapshotter, register, shares, files);
        this.deferred = new DeferredLayers(store, layers, files, this::settle);
        this.transfers = new ImageTransfers(store, layers, register, graph);
        this.archives = new ImageArchives(store, layers, register, graph, limits);
        this.committed = new CommittedImages(store, layers, register, snapshotter, limits);
        this.builds = new BuiltImages(store, layers, register, deferred);
        this.repair = new ImageRepair(store, layers, register, snapshotter, removals);
        deferred.open();
        register.open();
    }

    /** Asked only when all is open. */
    private final class InUse implements ImageRegister.ChainsInUse {
        @Override
        public Set<String> snapshots() {
            return snapshotter.chains();
        }

        @Override
        public Collection<String> builds() {
            return built.all();
        }
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
        register.durability().add(blob, () -> deferred.settle(blob));
    }

    private void preparing(String chainId) {
        move.chain(chainId);
    }

    @Override
    public Image get(String reference) {
        return register.get(reference);
    }

    @Override
    public Optional<Image> find(String reference) {
        return register.catalogue().find(reference);
    }

    @Override
    public List<Image> list() {
        return register.catalogue().all();
    }

    @Override
    public void tag(String image, String reference) {
        register.tag(image, reference);
    }

    @Override
    public List<Removal> remove(String reference, boolean force, boolean prune, UsageCheck usedBy) {
        return register.remove(reference, force, prune, usedBy);
    }

    @Override
    public List<String> load(InputStream archive, @Nullable Platform platform, Consumer<Progress> progress) {
        return archives.load(archive, platform, progress);
    }

    @Override
    public void save(List<String> references, List<Platform> platforms, OutputStream archive) {
        archives.save(references, platforms, archive);
    }

    @Override
    public Pulled pull(Registries registries, PullRequest request, Consumer<Progress> progress) {
        return transfers.pull(registries, request, progress);
    }

    @Override
    public Pushed push(Registries registries, PushRequest request, Consumer<Progress> progress) {
        return transfers.push(registries, request, progress);
    }

    @Override
    public String importRootfs(InputStream tar, Commit commit) {
        return committed.importRootfs(tar, commit);
    }

    @Override
    public String commit(@Nullable Image base, String snapshot, Commit commit) {
        return committed.commit(base, snapshot, commit);
    }

    @Override
    public List<ImageVariant> variants(Image image) {
        StoredImage stored = register.catalogue().images().get(image.id());
        return stored == null ? List.of() : register.variants().of(stored);
    }

    @Override
    public Optional<Image> variant(Image image, Platform platform) {
        StoredImage stored = register.catalogue().images().get(image.id());
        return stored == null ? Optional.empty() : register.variants().find(stored, image, platform);
    }

    @Override
    public BuiltLayers built() {
        return built;
    }

    @Override
    public String build(String chain, dev.naru.oci.ImageConfig config, List<String> references) {
        return builds.build(chain, config, references);
    }

    @Override
    public List<ChainBlob> blobs(List<String> chains, Compression compression, Lease lease)
            throws InterruptedException {
        return builds.blobs(chains, compression, lease);
    }

    @Override
    public BuiltArchive.Written export(BuiltArchive order, OutputStream out) throws InterruptedException {
        return builds.export(order, out);
    }

    @Override
    public BuiltArchive.Written export(BuiltArchive order, BuiltArchive.BlobSink sink) throws InterruptedException {
        return builds.export(order, sink);
    }

    @Override
    public Pushed push(
            Registries registries,
            BuiltArchive order,
            Reference reference,
            Credentials credentials,
            Consumer<Progress> progress)
            throws InterruptedException {
        return builds.push(order, registries.repository(reference, credentials), reference.tag(), progress);
    }

    @Override
    public Snapshotter snapshotter() {
        return snapshotter;
    }

    @Override
    public Map<String, DiskShare> diskShares() {
        return shares.of(register.catalogue());
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
        return this.repair.check(repair);
    }

    /** Waits until everything removed so far is gone from the disk, and everything added is on it. */
    @Override
    public void awaitRemovals() {
        removals.await();
        register.durability().await();
    }

    @Override
    public void close() {
        register.durability().close();
        removals.close();
        snapshotter.close();
        layers.close();
    }
}
