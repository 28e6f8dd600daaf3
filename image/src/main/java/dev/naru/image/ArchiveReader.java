package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.Index;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.PlatformMatch;
import dev.naru.oci.Reference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the images in an archive: docker-archive, OCI image layout, both in one, or the layout of old Docker. */
final class ArchiveReader {
    private static final int DEEPEST_INDEX = 4;
    private static final String REF_NAME = "org.opencontainers.image.ref.name";
    private static final String IMAGE_NAME = "io.containerd.image.name";

    private final Spool spool;

    private final Extractions extractions;

    ArchiveReader(Spool spool, Extractions extractions) {
        this.spool = spool;
        this.extractions = extractions;
    }

    List<ImagePlan> plans() {
        Optional<byte[]> archive = spool.small("manifest.json");
        if (archive.isPresent()) {
            return fromArchive(archive.get());
        }
        Optional<byte[]> index = spool.small("index.json");
        if (index.isPresent()) {
            return fromLayout(index.get());
        }
        if (spool.has("repositories") || spool.smallPaths().stream().anyMatch(path -> path.endsWith("/json"))) {
            return new LegacyArchive(spool, extractions).plans();
        }
        throw NaruException.invalid(
                "invalid image archive: it has neither manifest.json nor index.json, so it is no image");
    }

    private List<ImagePlan> fromArchive(byte[] json) {
        Map<String, byte[]> manifests = manifestsByConfig();
        var plans = new ArrayList<ImagePlan>();
        for (ArchiveEntry entry : ImageJson.readList(ArchiveEntry.class, json, "manifest.json")) {
            byte[] config = spool.small(entry.config())
                    .orElseThrow(() ->
                            NaruException.invalid("invalid image archive: \"" + entry.config() + "\" is missing"));
            var layers = new ArrayList<String>();
            for (String path : orEmpty(entry.layers())) {
                layers.add(spool.blob(path));
            }
            List<String> references = orEmpty(entry.repoTags()).stream()
                    .map(tag -> Reference.parse(tag).tagged().toString())
                    .toList();
            byte[] manifest = manifests.get(Digest.of(config).toString());
            boolean fits = manifest != null && layersOf(manifest).equals(layers);
            plans.add(new ImagePlan(config, layers, fits ? manifest : null, references));
        }
        return plans;
    }

    private static List<String> layersOf(byte[] manifest) {
        return ImageJson.read(Manifest.class, manifest, "manifest").layers().stream()
                .map(Descriptor::digest)
                .toList();
    }

    private static List<String> orEmpty(@Nullable List<String> list) {
        return list == null ? List.of() : list;
    }

    /** When the archive is an image layout as well, its manifests keep the images' digests as they were. */
    private Map<String, byte[]> manifestsByConfig() {
        var manifests = new HashMap<String, byte[]>();
        Optional<byte[]> json = spool.small("index.json");
        if (json.isPresent()) {
            Index index = ImageJson.read(Index.class, json.get(), "index.json");
            for (Descriptor each : index.manifests()) {
                if (MediaTypes.isManifest(each.mediaType()) && spool.has(path(each))) {
                    byte[] bytes = spool.json(each.digest(), "manifest");
                    Manifest manifest = ImageJson.read(Manifest.class, bytes, "manifest");
                    manifests.put(manifest.config().digest(), bytes);
                }
            }
        }
        return manifests;
    }

    private static String path(Descriptor descriptor) {
        return "blobs/sha256/" + Digest.parse(descriptor.digest()).hex();
    }

    private List<ImagePlan> fromLayout(byte[] json) {
        Index index = ImageJson.read(Index.class, json, "index.json");
        var references = new LinkedHashMap<String, List<String>>();
        for (Descriptor each : index.manifests()) {
            String manifest = manifestDigest(each, 0);
            List<String> names = references.computeIfAbsent(manifest, any -> new ArrayList<>());
            name(each).filter(name -> !names.contains(name)).ifPresent(names::add);
        }
        var plans = new ArrayList<ImagePlan>();
        references.forEach((digest, names) -> plans.add(fromManifest(digest, names)));
        return plans;
    }

    private ImagePlan fromManifest(String digest, List<String> names) {
        byte[] bytes = spool.json(digest, "manifest");
        Manifest manifest = ImageJson.read(Manifest.class, bytes, "manifest " + digest);
        byte[] config = spool.json(manifest.config().digest(), "configuration");
        var layers = new ArrayList<String>();
        checkSize("the configuration", manifest.config(), config.length);
        for (Descriptor layer : manifest.layers()) {
            String blob = spool.blob(path(layer));
            checkSize("a layer", layer, spool.size(blob));
            layers.add(blob);
        }
        return new ImagePlan(config, layers, bytes, names);
    }

    private static void checkSize(String what, Descriptor descriptor, long size) {
        if (descriptor.size() != size) {
            throw NaruException.invalid("invalid image archive: " + what + " has " + size + " bytes, its manifest says "
                    + descriptor.size());
        }
    }

    /** The manifest itself, or within an index the one for this machine. */
    private String manifestDigest(Descriptor descriptor, int depth) {
        if (MediaTypes.isManifest(descriptor.mediaType())) {
            return descriptor.digest();
        }
        if (!MediaTypes.isIndex(descriptor.mediaType()) || depth > DEEPEST_INDEX) {
            throw NaruException.invalid(
                    "invalid image archive: index.json refers to a " + descriptor.mediaType() + ", which is no image");
        }
        Index index = ImageJson.read(Index.class, spool.json(descriptor.digest(), "index"), "index");
        List<Descriptor> present = index.manifests().stream()
                .filter(each -> spool.has(path(each)))
                .filter(each -> each.platform() == null
                        || !"unknown".equals(each.platform().os()))
                .toList();
        Descriptor chosen = PlatformMatch.best(present, PlatformMatch.host())
                .orElseThrow(() -> NaruException.invalid("no image in the archive is for this machine's platform"));
        return manifestDigest(chosen, depth + 1);
    }

    /** A name in full, as containerd and Docker write it; a tag alone, as the specification also allows, names nothing. */
    private static Optional<String> name(Descriptor descriptor) {
        Map<String, String> annotations = descriptor.annotations();
        if (annotations == null) {
            return Optional.empty();
        }
        String name = annotations.get(IMAGE_NAME);
        if (name == null) {
            name = annotations.get(REF_NAME);
        }
        boolean full = name != null && (name.indexOf('/') >= 0 || name.indexOf(':') >= 0);
        return full && name != null ? Optional.of(Reference.parse(name).tagged().toString()) : Optional.empty();
    }
}
