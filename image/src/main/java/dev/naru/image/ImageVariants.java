package dev.naru.image;

import dev.naru.image.ImageVariant.Kind;
import dev.naru.oci.ChainId;
import dev.naru.oci.Descriptor;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Index;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import dev.naru.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The platforms of images, as their indexes list them and as far as their blobs are here. */
final class ImageVariants {
    private static final int DEEPEST = 3;

    private final Store store;
    private final LayerStore layers;
    private final ContentGraph graph;

    ImageVariants(Store store, LayerStore layers, ContentGraph graph) {
        this.store = store;
        this.layers = layers;
        this.graph = graph;
    }

    /** The index of an image that has most of it here; empty for an image of one platform. */
    Optional<Descriptor> index(StoredImage image) {
        return Optional.ofNullable(image.indexes()).stream()
                .flatMap(List::stream)
                .filter(each -> graph.index(each.digest()).isPresent())
                .max(Comparator.comparingLong(each -> available(of(each))));
    }

    private static long available(List<ImageVariant> variants) {
        return variants.stream()
                .filter(each -> each.isImage() && each.available())
                .count();
    }

    /** The index, when more platforms than one are here, or when all of it is here and it says more than its images. */
    Optional<Descriptor> telling(StoredImage image) {
        return index(image).filter(each -> available(of(each)) > 1 || isAnnotated(each) || isAttested(of(each)));
    }

    private static boolean isAttested(List<ImageVariant> variants) {
        return variants.stream().anyMatch(each -> each.kind() == Kind.ATTESTATION && each.available());
    }

    private boolean isAnnotated(Descriptor index) {
        return graph.index(index.digest())
                        .map(Index::annotations)
                        .filter(all -> !all.isEmpty())
                        .isPresent()
                && of(index).stream().allMatch(ImageVariant::available);
    }

    /** The entries of an image's index, or the image itself. */
    List<ImageVariant> of(StoredImage image) {
        return index(image)
                .map(this::of)
                .filter(all -> !all.isEmpty())
                .orElseGet(() -> List.of(of(LayoutIndex.descriptor(image, Map.of()), image.id())));
    }

    /** The entries of an index, those of nested ones included. */
    List<ImageVariant> of(Descriptor index) {
        var variants = new ArrayList<ImageVariant>();
        collect(index, variants, 0);
        return variants;
    }

    private void collect(Descriptor index, List<ImageVariant> variants, int depth) {
        Optional<Index> read = graph.index(index.digest());
        if (depth > DEEPEST || read.isEmpty()) {
            return;
        }
        for (Descriptor each : read.get().manifests()) {
            if (MediaTypes.isIndex(each.mediaType())) {
                collect(each, variants, depth + 1);
            } else {
                variants.add(of(
                        each,
                        graph.manifest(each.digest())
                                .map(known -> known.config().digest())
                                .orElse(null)));
            }
        }
    }

    private ImageVariant of(Descriptor manifest, @Nullable String image) {
        Map<String, String> notes = manifest.annotations() == null ? Map.of() : manifest.annotations();
        boolean attestation = "attestation-manifest".equals(notes.get("vnd.docker.reference.type"));
        Platform platform = manifest.platform();
        boolean nameless = platform == null || "unknown".equals(platform.os());
        Kind kind = attestation ? Kind.ATTESTATION : nameless && image == null ? Kind.UNKNOWN : Kind.IMAGE;
        long content = graph.reach(manifest).stream()
                .mapToLong(each -> Math.max(0, store.blobs().size(each)))
                .sum();
        return new ImageVariant(
                manifest,
                graph.isWhole(manifest),
                kind,
                nameless ? null : platform,
                attestation ? notes.get("vnd.docker.reference.digest") : null,
                image,
                content,
                kind == Kind.IMAGE ? unpacked(image) : 0);
    }

    private long unpacked(@Nullable String image) {
        return config(image).map(this::chains).orElse(List.of()).stream()
                .mapToLong(chain -> layers.find(chain).map(StoredLayer::size).orElse(0L))
                .sum();
    }

    private List<String> chains(ImageConfig config) {
        return config.rootfs() == null || config.rootfs().diffIds() == null
                ? List.of()
                : ChainId.each(config.rootfs().diffIds());
    }

    private Optional<ImageConfig> config(@Nullable String digest) {
        return digest == null || !store.blobs().exists(digest)
                ? Optional.empty()
                : Optional.of(ImageJson.read(
                        ImageConfig.class, store.blobs().read(digest, ImageJson.LIMIT), "image configuration"));
    }

    /** The image for a platform: the one itself, or another of its index that is here. */
    Optional<Image> find(StoredImage image, Image shown, Platform platform) {
        var own = new Platform(
                image.config().architecture(),
                image.config().os(),
                null,
                null,
                image.config().variant());
        if (PlatformMatch.runs(own, platform)) {
            return Optional.of(shown);
        }
        return variant(image, platform).flatMap(each -> view(each, shown));
    }

    /** The entry for a platform, when all of it is here. */
    Optional<ImageVariant> variant(StoredImage image, Platform platform) {
        List<ImageVariant> here = of(image).stream()
                .filter(each -> each.isImage() && each.available())
                .toList();
        return PlatformMatch.best(here.stream().map(ImageVariant::descriptor).toList(), platform)
                .flatMap(best -> here.stream()
                        .filter(each -> each.descriptor().digest().equals(best.digest()))
                        .findFirst());
    }

    private Optional<Image> view(ImageVariant variant, Image shown) {
        Optional<Manifest> manifest = graph.manifest(variant.descriptor().digest());
        Optional<ImageConfig> config = config(variant.image());
        if (manifest.isEmpty() || config.isEmpty()) {
            return Optional.empty();
        }
        List<String> chains = chains(config.get());
        return Optional.of(new Image(
                manifest.get().config().digest(),
                shown.tags(),
                shown.repoDigests(),
                manifest.get(),
                variant.descriptor().digest(),
                config.get(),
                chains.isEmpty() ? "" : chains.getLast(),
                variant.unpacked(),
                shown.lastTagged() == null ? Instant.EPOCH : shown.lastTagged()));
    }
}
