package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.ChainId;
import dev.naru.oci.History;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.ImageConfigBuilder;
import dev.naru.oci.RootFs;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes an image of a chain of layers: those of images keep their blobs, those of builds become blobs, sorted, the
 * same bytes each time.
 */
final class BuiltImage {
    private final Store store;
    private final LayerStore layers;
    private final Catalogue catalogue;
    private final Lease lease;
    private final @Nullable DeferredLayers deferred;
    private final List<StoredLayer> described = new ArrayList<>();
    private final List<StoredLayer> placed = new ArrayList<>();
    private final List<String> blobs = new ArrayList<>();
    private final List<String> chains = new ArrayList<>();
    private final List<String> diffIds = new ArrayList<>();

    /** @param deferred puts off the blobs of large layers; null when they are read next */
    BuiltImage(Store store, LayerStore layers, Catalogue catalogue, Lease lease, @Nullable DeferredLayers deferred) {
        this.store = store;
        this.layers = layers;
        this.catalogue = catalogue;
        this.lease = lease;
        this.deferred = deferred;
    }

    /** The image; {@link #placed} then has its new layers and {@link #described} what is known now of those of builds. */
    ImagePlan plan(String chain, ImageConfig config, List<String> references) {
        if (!chain.isEmpty() && layers.pin(chain, lease).isEmpty()) {
            throw layers.missing(chain);
        }
        var stack = new ArrayList<StoredLayer>();
        for (String at = chain; !at.isEmpty(); ) {
            StoredLayer layer = layers.find(at).orElseThrow(() -> layers.missing(chain));
            stack.add(layer);
            at = layer.parent();
        }
        String real = "";
        for (StoredLayer layer : stack.reversed()) {
            real = add(layer, real);
        }
        ImageConfig complete = ImageConfigBuilder.builder(config)
                .rootfs(new RootFs("layers", diffIds))
                .history(history(config.history() == null ? List.of() : config.history()))
                .build();
        return new ImagePlan(ImageJson.write(complete), blobs, null, references);
    }

    private String add(StoredLayer layer, String parent) {
        StoredLayer known = layer;
        String blob;
        if (BuiltLayers.isBuilt(layer.chainId())) {
            blob = layer.diffId().isEmpty() ? "" : blobOf(layer);
            if (blob.isEmpty()) {
                known = written(layer);
                blob = blobOf(known);
            }
        } else {
            blob = imageBlob(layer);
        }
        diffIds.add(known.diffId());
        chains.add(layer.chainId());
        blobs.add(blob);
        String chainId = ChainId.on(parent, known.diffId());
        if (layers.pin(chainId, lease).isEmpty()) {
            placed.add(new StoredLayer(
                    chainId,
                    known.diffId(),
                    parent,
                    layer.directory(),
                    layer.size(),
                    BootId.current(),
                    layer.format()));
        }
        return chainId;
    }

    /** An uncompressed layer's blob has its diff id; another image may have the same layer compressed. */
    private String blobOf(StoredLayer layer) {
        lease.hold(layer.diffId());
        if (store.blobs().exists(layer.diffId())) {
            return layer.diffId();
        }
        return catalogue.blobOf(layer.diffId()).filter(store.blobs()::exists).orElse("");
    }

    private String imageBlob(StoredLayer layer) {
        String blob = catalogue.blobOf(layer.diffId()).orElseGet(() -> blobOf(layer));
        if (blob.isEmpty()) {
            throw new NaruException(
                    ErrorKind.NOT_FOUND,
                    "cannot make an image on layer " + layer.diffId(),
                    "the image that it belongs to was removed",
                    "pull the base image again",
                    null);
        }
        lease.hold(blob);
        return blob;
    }

    private StoredLayer written(StoredLayer layer) {
        String diffId =
                deferred != null && layer.size() >= DeferredLayers.SMALLEST ? promised(deferred, layer) : stored(layer);
        var known = new StoredLayer(
                layer.chainId(),
                diffId,
                layer.parent(),
                layer.directory(),
                layer.size(),
                layer.unsafeSince(),
                layer.format());
        described.add(known);
        return known;
    }

    private String promised(DeferredLayers blobs, StoredLayer layer) {
        String diffId = blobs.promise(layer);
        lease.hold(diffId);
        return diffId;
    }

    private String stored(StoredLayer layer) {
        List<Path> below = layer.parent().isEmpty() ? List.of() : layers.directories(layer.parent());
        Path directory = layers.root().resolve(layer.directory());
        return NewImage.store(store, lease, out -> DeferredLayers.write(directory, below, layer.size(), out));
    }

    /** One entry with content for each layer: that is how readers find a layer's command. */
    private List<History> history(List<History> given) {
        var history = new ArrayList<History>();
        int full = 0;
        for (History each : given) {
            boolean empty = Boolean.TRUE.equals(each.emptyLayer());
            if (!empty && full == diffIds.size()) {
                history.add(new History(each.created(), each.createdBy(), each.author(), each.comment(), true));
            } else {
                history.add(each);
                full += empty ? 0 : 1;
            }
        }
        for (; full < diffIds.size(); full++) {
            history.add(new History(null, null, null, null, null));
        }
        return history;
    }

    /** The names of the chains that end with each of the layers, lowest first. */
    List<String> chains() {
        return chains;
    }

    /** New layers of images. */
    List<StoredLayer> placed() {
        return placed;
    }

    /** Layers of builds whose digest is known now. */
    List<StoredLayer> described() {
        return described;
    }
}
