package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.DescriptorBuilder;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Index;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import io.avaje.jsonb.Types;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes an archive of images that are in no catalogue. The same images make the same bytes. */
final class BuiltArchiveWriter {
    private final Store store;
    private final Lease lease;
    private final BuiltArchive order;
    private final TreeSet<String> blobs = new TreeSet<>();
    private final List<Descriptor> manifests = new ArrayList<>();
    private final List<ArchiveEntry> entries = new ArrayList<>();
    private final List<String> configs = new ArrayList<>();
    private final List<Descriptor> attestations = new ArrayList<>();

    BuiltArchiveWriter(Store store, Lease lease, BuiltArchive order) {
        this.store = store;
        this.lease = lease;
        this.order = order;
    }

    /** Takes in an image; its blobs are held. */
    void add(BuiltArchive.Part part, ImagePlan plan) throws InterruptedException {
        var layers = new ArrayList<Descriptor>();
        for (String blob : plan.layers()) {
            layers.add(layer(blob));
        }
        String config = put(plan.config());
        configs.add(config);
        Manifest manifest = typed(new Manifest(
                2,
                MediaTypes.MANIFEST,
                null,
                Registration.descriptor(MediaTypes.CONFIG, config, plan.config().length),
                layers,
                null,
                sorted(part.annotations())));
        byte[] bytes = ImageJson.write(manifest);
        manifests.add(DescriptorBuilder.builder()
                .mediaType(String.valueOf(manifest.mediaType()))
                .digest(put(bytes))
                .size(bytes.length)
                .annotations(sorted(part.descriptor()))
                .platform(platform(part.config()))
                .build());
        attest(manifests.getLast(), part.attestations());
        entries.add(new ArchiveEntry(
                LayoutTar.path(config),
                order.references().isEmpty()
                        ? null
                        : order.references().stream()
                                .map(name -> Reference.parse(name).familiar())
                                .toList(),
                layers.stream().map(layer -> LayoutTar.path(layer.digest())).toList()));
    }

    /** Docker's types say nothing of annotations, attestations and zstd: such images have the specification's. */
    private Manifest typed(Manifest manifest) {
        return order.dockerTypes() ? DockerManifest.of(manifest).orElse(manifest) : manifest;
    }

    private void attest(Descriptor image, List<Attestation> said) {
        if (said.isEmpty()) {
            return;
        }
        List<Descriptor> layers = new ArrayList<>();
        for (Attestation each : said) {
            byte[] statement = each.statement(Attestation.subjects(order.references(), image));
            layers.add(DescriptorBuilder.builder()
                    .mediaType(Attestation.MEDIA_TYPE)
                    .digest(put(statement))
                    .size(statement.length)
                    .annotations(Map.of(Attestation.PREDICATE_TYPE, each.predicateType()))
                    .build());
        }
        byte[] config = Attestation.config(layers);
        byte[] manifest = ImageJson.write(new Manifest(
                2,
                MediaTypes.MANIFEST,
                null,
                Registration.descriptor(MediaTypes.CONFIG, put(config), config.length),
                layers,
                null,
                null));
        attestations.add(DescriptorBuilder.builder()
                .mediaType(MediaTypes.MANIFEST)
                .digest(put(manifest))
                .size(manifest.length)
                .annotations(Attestation.reference(image))
                .platform(new Platform("unknown", "unknown", null, null, null))
                .build());
    }

    private static Platform platform(ImageConfig config) {
        return new Platform(
                config.architecture(), config.os(), config.osVersion(), config.osFeatures(), config.variant());
    }

    private static @Nullable Map<String, String> sorted(Map<String, String> annotations) {
        return annotations.isEmpty() ? null : new TreeMap<>(annotations);
    }

    private String put(byte[] bytes) {
        String digest = store.blobs().put(bytes, lease);
        blobs.add(digest);
        return digest;
    }

    private Descriptor layer(String blob) throws InterruptedException {
        Descriptor layer = new LayerBlobs(store, lease, order.encoding()).of(blob);
        blobs.add(layer.digest());
        return layer;
    }

    /** Writes all that was taken in. */
    BuiltArchive.Written write(OutputStream out) {
        Descriptor top = top();
        try {
            var archive = new LayoutTar(store, out);
            archive.blobs(blobs);
            archive.file("index.json", LayoutIndex.write(named(top)));
            if (order.docker()) {
                archive.file("manifest.json", ImageJson.write(Types.listOf(ArchiveEntry.class), entries));
            }
            archive.file("oci-layout", "{\"imageLayoutVersion\": \"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
            archive.finish();
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write the archive", failure);
        }
        return new BuiltArchive.Written(top.digest(), top.size(), top.mediaType(), configs);
    }

    /** Hands over all that was taken in, blob by blob. */
    BuiltArchive.Written send(BuiltArchive.BlobSink sink) throws InterruptedException {
        Descriptor top = top();
        for (String digest : blobs) {
            try {
                sink.take(
                        digest,
                        store.blobs().size(digest),
                        () -> Channels.newInputStream(store.blobs().open(digest)));
            } catch (IOException failure) {
                throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write the image layout", failure);
            }
        }
        return new BuiltArchive.Written(top.digest(), top.size(), top.mediaType(), configs);
    }

    /** What names all of it. */
    Descriptor top() {
        if (manifests.size() == 1 && attestations.isEmpty() && !order.index()) {
            return manifests.getFirst();
        }
        boolean docker = order.dockerTypes()
                && attestations.isEmpty()
                && order.annotations().isEmpty()
                && manifests.stream().allMatch(each -> each.mediaType().equals(MediaTypes.DOCKER_MANIFEST));
        String type = docker ? MediaTypes.DOCKER_LIST : MediaTypes.INDEX;
        manifests.addAll(attestations);
        byte[] bytes = ImageJson.write(new Index(2, type, null, manifests, null, sorted(order.annotations())));
        return Registration.descriptor(type, put(bytes), bytes.length);
    }

    private List<Descriptor> named(Descriptor top) {
        if (order.references().isEmpty()) {
            return List.of(top);
        }
        return order.references().stream()
                .map(name -> {
                    var annotations = new TreeMap<String, String>();
                    annotations.putAll(top.annotations() == null ? Map.of() : top.annotations());
                    annotations.put("io.containerd.image.name", name);
                    annotations.put(
                            "org.opencontainers.image.ref.name",
                            String.valueOf(Reference.parse(name).tag()));
                    return DescriptorBuilder.builder(top)
                            .annotations(annotations)
                            .build();
                })
                .toList();
    }
}
