package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.ChainId;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns plans into documents: checks every digest, gives each layer its place, and makes manifests where none came. */
final class Registration {
    private final Store store;
    private final LayerStore layers;
    private final Lease lease;
    private final Extractions extractions;
    private final Map<String, StoredLayer> added = new HashMap<>();
    private final List<StoredLayer> order = new ArrayList<>();

    Registration(Store store, LayerStore layers, Lease lease, Extractions extractions) {
        this.store = store;
        this.layers = layers;
        this.lease = lease;
        this.extractions = extractions;
    }

    /** Hands in layers that are in their place already. */
    void give(List<StoredLayer> placed) {
        placed.forEach(layer -> added.put(layer.chainId(), layer));
        order.addAll(placed);
    }

    /** The layers to be put into the database with the images. */
    List<StoredLayer> added() {
        return order;
    }

    /** Prepares an image. */
    StoredImage image(ImagePlan plan, @Nullable String parent) {
        ImageConfig config = ImageJson.read(ImageConfig.class, plan.config(), "image configuration");
        checkConfig(config, plan);
        config = complete(config);
        String id = store.blobs().put(plan.config(), lease);
        long size = 0;
        String chain = "";
        for (int i = 0; i < plan.layers().size(); i++) {
            StoredLayer layer =
                    layer(plan.layers().get(i), config.rootfs().diffIds().get(i), chain);
            chain = layer.chainId();
            size += layer.size();
        }
        byte[] bytes = plan.manifest() == null ? ImageJson.write(manifest(plan, id)) : plan.manifest();
        Manifest manifest = ImageJson.read(Manifest.class, bytes, "manifest");
        if (!manifest.config().digest().equals(id)) {
            throw NaruException.invalid("invalid image: its manifest has another configuration");
        }
        String manifestDigest = store.blobs().put(bytes, lease);
        return new StoredImage(
                id, manifestDigest, bytes.length, manifest, config, chain, size, now(), parent, BootId.current(), null);
    }

    /** Old images say nothing of their platform; they were made for the machine they were built on. */
    private static ImageConfig complete(ImageConfig config) {
        Platform host = PlatformMatch.host();
        return new ImageConfig(
                config.created(),
                config.author(),
                config.architecture() == null || config.architecture().isEmpty()
                        ? host.architecture()
                        : config.architecture(),
                config.os() == null || config.os().isEmpty() ? host.os() : config.os(),
                config.osVersion(),
                config.osFeatures(),
                config.variant(),
                config.config(),
                config.rootfs(),
                config.history(),
                config.dockerVersion(),
                config.comment(),
                config.container());
    }

    private static void checkConfig(ImageConfig config, ImagePlan plan) {
        List<String> diffIds =
                config.rootfs() == null ? List.of() : config.rootfs().diffIds();
        if (config.rootfs() == null
                || diffIds == null
                || diffIds.size() != plan.layers().size()) {
            throw NaruException.invalid("invalid image configuration: it describes "
                    + (diffIds == null ? 0 : diffIds.size()) + " layers, the image has "
                    + plan.layers().size());
        }
        diffIds.forEach(Digest::parse);
        if (config.os() != null && !config.os().isEmpty() && !config.os().equals("linux")) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "cannot load image: operating system \"" + config.os() + "\" is not supported");
        }
    }

    private StoredLayer layer(String blob, String diffId, String parent) {
        String chainId = ChainId.on(parent, diffId);
        StoredLayer known = added.get(chainId);
        if (known == null) {
            known = layers.pin(chainId, lease).orElse(null);
        }
        if (known != null) {
            return known;
        }
        ExtractedLayer extracted = extractions.take(blob);
        if (!extracted.diffId().equals(diffId)) {
            layers.discard(extracted.directory());
            throw NaruException.invalid(
                    "invalid image: a layer has the digest " + extracted.diffId() + " instead of " + diffId);
        }
        StoredLayer layer = layers.place(extracted, parent, below(parent));
        added.put(chainId, layer);
        order.add(layer);
        return layer;
    }

    private List<Path> below(String chainId) {
        var all = new HashMap<String, StoredLayer>(added);
        layers.all().forEach(layer -> all.put(layer.chainId(), layer));
        return layers.directories(all, chainId);
    }

    private Manifest manifest(ImagePlan plan, String id) {
        var descriptors = new ArrayList<Descriptor>();
        for (String blob : plan.layers()) {
            descriptors.add(descriptor(
                    Compression.of(store.blobs(), blob).layerType(),
                    blob,
                    store.blobs().size(blob)));
        }
        Descriptor config = descriptor(MediaTypes.CONFIG, id, plan.config().length);
        var manifest = new Manifest(2, MediaTypes.MANIFEST, null, config, descriptors, null, null);
        // With a plain layer it is one of an image layout until a push compresses that and writes it anew.
        boolean plain = descriptors.stream().anyMatch(layer -> layer.mediaType().equals(MediaTypes.LAYER));
        return plan.docker() && !plain ? DockerManifest.of(manifest).orElse(manifest) : manifest;
    }

    static Descriptor descriptor(String mediaType, String digest, long size) {
        return new Descriptor(mediaType, digest, size, null, null, null, null);
    }

    static long now() {
        java.time.Instant now = java.time.Instant.now();
        return now.getEpochSecond() * 1_000_000_000 + now.getNano();
    }

    /** Something failed: what was extracted for this registration goes. */
    void undo() {
        layers.discard(order);
    }
}
