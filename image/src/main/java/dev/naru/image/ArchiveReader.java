package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.Index;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import dev.naru.oci.Reference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the images in an archive: docker-archive, OCI image layout, both in one, or the layout of old Docker. */
final class ArchiveReader {
    private static final int DEEPEST_INDEX = 4;
    private static final String REF_NAME = "org.opencontainers.image.ref.name";
    private static final String IMAGE_NAME = "io.containerd.image.name";

    private final Spool spool;

    private final Extractions extractions;
    private final @Nullable Platform platform;

    /** What an entry of index.json leads to: a manifest, and the indexes on the way. */
    private record Found(String manifest, List<Descriptor> indexes) {}

    /** @param platform which image of an index; null for the one that fits this machine best */
    ArchiveReader(Spool spool, Extractions extractions, @Nullable Platform platform) {
        this.spool = spool;
        this.extractions = extractions;
        this.platform = platform;
    }

    List<ImagePlan> plans() {
        Optional<byte[]> archive = spool.small("manifest.json");
        // manifest.json knows one platform of an image only.
        if (archive.isPresent() && (platform == null || !spool.has("index.json"))) {
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
        Map<String, Found> manifests = manifestsByConfig();
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
            Found found = manifests.get(Digest.of(config).toString());
            byte[] manifest = found == null ? null : spool.json(found.manifest(), "manifest");
            boolean fits = manifest != null && layersOf(manifest).equals(layers);
            plans.add(
                    found != null && fits
                            ? new ImagePlan(config, layers, manifest, references, kept(found), false)
                            : ImagePlan.docker(config, layers, references));
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
    private Map<String, Found> manifestsByConfig() {
        var manifests = new HashMap<String, Found>();
        Optional<byte[]> json = spool.small("index.json");
        if (json.isPresent()) {
            ImageJson.read(Index.class, json.get(), "index.json")
                    .manifests()
                    .forEach(each -> addByConfig(each, List.of(), manifests));
        }
        return manifests;
    }

    private void addByConfig(Descriptor at, List<Descriptor> indexes, Map<String, Found> manifests) {
        if (!spool.has(path(at)) || indexes.size() > DEEPEST_INDEX) {
            return;
        }
        if (MediaTypes.isIndex(at.mediaType())) {
            var below = new ArrayList<>(indexes);
            below.add(at);
            ImageJson.read(Index.class, spool.json(at.digest(), "index"), "index")
                    .manifests()
                    .forEach(each -> addByConfig(each, below, manifests));
        } else if (MediaTypes.isManifest(at.mediaType())) {
            byte[] bytes = spool.json(at.digest(), "manifest");
            Manifest manifest = ImageJson.read(Manifest.class, bytes, "manifest");
            manifests.putIfAbsent(manifest.config().digest(), new Found(at.digest(), indexes));
        }
    }

    /** Makes blobs of everything that the indexes lead to and the archive has; answers the indexes. */
    private List<Descriptor> kept(Found found) {
        found.indexes().forEach(each -> keep(each, 0));
        return found.indexes().stream()
                .map(each -> new Descriptor(each.mediaType(), each.digest(), each.size(), null, null, null, null))
                .toList();
    }

    private void keep(Descriptor at, int depth) {
        if (!spool.has(path(at)) || depth > DEEPEST_INDEX) {
            return;
        }
        if (MediaTypes.isIndex(at.mediaType())) {
            Index index = ImageJson.read(Index.class, spool.json(at.digest(), "index"), "index");
            index.manifests().forEach(each -> keep(each, depth + 1));
        } else if (MediaTypes.isManifest(at.mediaType())) {
            Manifest manifest = ImageJson.read(Manifest.class, spool.json(at.digest(), "manifest"), "manifest");
            keep(manifest.config(), depth + 1);
            manifest.layers().forEach(each -> keep(each, depth + 1));
        }
        String blob = spool.blob(path(at));
        if (!blob.equals(at.digest())) {
            throw NaruException.invalid("invalid image archive: " + at.digest() + " has the digest " + blob);
        }
    }

    private static String path(Descriptor descriptor) {
        return Digest.parse(descriptor.digest()).layoutPath();
    }

    private List<ImagePlan> fromLayout(byte[] json) {
        Index index = ImageJson.read(Index.class, json, "index.json");
        var references = new LinkedHashMap<String, List<String>>();
        var found = new HashMap<String, Found>();
        for (Descriptor each : index.manifests()) {
            Found image = find(each, List.of());
            found.putIfAbsent(image.manifest(), image);
            List<String> names = references.computeIfAbsent(image.manifest(), any -> new ArrayList<>());
            name(each).filter(name -> !names.contains(name)).ifPresent(names::add);
        }
        var plans = new ArrayList<ImagePlan>();
        references.forEach(
                (digest, names) -> plans.add(fromManifest(Objects.requireNonNull(found.get(digest)), names)));
        return plans;
    }

    private ImagePlan fromManifest(Found found, List<String> names) {
        byte[] bytes = spool.json(found.manifest(), "manifest");
        Manifest manifest = ImageJson.read(Manifest.class, bytes, "manifest " + found.manifest());
        byte[] config = spool.json(manifest.config().digest(), "configuration");
        var layers = new ArrayList<String>();
        checkSize("the configuration", manifest.config(), config.length);
        for (Descriptor layer : manifest.layers()) {
            String blob = spool.blob(path(layer));
            checkSize("a layer", layer, spool.size(blob));
            layers.add(blob);
        }
        return new ImagePlan(config, layers, bytes, names, kept(found), false);
    }

    private static void checkSize(String what, Descriptor descriptor, long size) {
        if (descriptor.size() != size) {
            throw NaruException.invalid("invalid image archive: " + what + " has " + size + " bytes, its manifest says "
                    + descriptor.size());
        }
    }

    /** The manifest itself, or within an index the one for the platform. */
    private Found find(Descriptor descriptor, List<Descriptor> indexes) {
        if (MediaTypes.isManifest(descriptor.mediaType())) {
            return new Found(descriptor.digest(), indexes);
        }
        if (!MediaTypes.isIndex(descriptor.mediaType()) || indexes.size() > DEEPEST_INDEX) {
            throw NaruException.invalid(
                    "invalid image archive: index.json refers to a " + descriptor.mediaType() + ", which is no image");
        }
        Index index = ImageJson.read(Index.class, spool.json(descriptor.digest(), "index"), "index");
        List<Descriptor> present = index.manifests().stream()
                .filter(each -> spool.has(path(each)))
                .filter(each -> each.platform() == null
                        || !"unknown".equals(each.platform().os()))
                .toList();
        Platform wanted = platform == null ? PlatformMatch.host() : platform;
        Descriptor chosen = PlatformMatch.best(present, wanted)
                .orElseThrow(() -> NaruException.invalid(
                        platform == null
                                ? "no image in the archive is for this machine's platform"
                                : "no image in the archive is for platform " + Pull.text(wanted)));
        var below = new ArrayList<>(indexes);
        below.add(descriptor);
        return find(chosen, below);
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
