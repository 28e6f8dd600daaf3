package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Images.Progress;
import dev.naru.oci.ChainId;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import dev.naru.oci.Reference;
import dev.naru.registry.ManifestContent;
import dev.naru.registry.Repository;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Fetches one image: from the reference to its manifest, configuration and layers, which are extracted as they come. */
final class Pull {
    private static final int MOST_LAYERS = 512;
    private static final int DEEPEST_INDEX = 3;
    private static final int LARGEST_CONFIG = 8 << 20;
    /** Old builders wrote octet-stream; everything else names what it is. */
    private static final Set<String> CONFIGS =
            Set.of(MediaTypes.CONFIG, MediaTypes.DOCKER_CONFIG, "application/octet-stream");

    private static final Set<String> LAYERS = Set.of(
            MediaTypes.LAYER,
            MediaTypes.LAYER_GZIP,
            MediaTypes.LAYER_ZSTD,
            MediaTypes.DOCKER_LAYER,
            MediaTypes.DOCKER_LAYER_GZIP,
            "application/vnd.docker.image.rootfs.diff.tar.zstd");

    private final Store store;
    private final LayerStore layers;
    private final Lease lease;
    private final Extractions extractions;
    private final Repository repository;
    private final PullRequest request;
    private final Consumer<Progress> progress;
    private final List<Descriptor> indexes = new ArrayList<>();

    Pull(
            Store store,
            LayerStore layers,
            Lease lease,
            Extractions extractions,
            Repository repository,
            PullRequest request,
            Consumer<Progress> progress) {
        this.store = store;
        this.layers = layers;
        this.lease = lease;
        this.extractions = extractions;
        this.repository = repository;
        this.request = request;
        this.progress = progress;
    }

    /**
     * What was fetched.
     *
     * @param digest of what the reference named
     * @param indexes the indexes on the way to the manifest; their blobs are stored
     */
    record Fetched(ImagePlan plan, String digest, List<Descriptor> indexes) {}

    Fetched run() {
        Reference reference = request.reference();
        String wanted = reference.digest() != null ? reference.digest() : String.valueOf(reference.tag());
        ManifestContent top = repository.manifest(wanted);
        new SignatureCheck(request.trust())
                .require(repository, reference, top.descriptor().digest());
        progress.accept(new Progress(wanted, "Pulling from " + repository.name().path(), 0, 0));
        ManifestContent manifest = choose(top, 0);
        byte[] config = config(manifest.manifest());
        List<String> blobs = layers(manifest.manifest(), diffIds(config));
        ImagePlan plan = new ImagePlan(
                config, blobs, manifest.content(), names(top.descriptor().digest()));
        return new Fetched(plan, top.descriptor().digest(), List.copyOf(indexes));
    }

    private List<String> names(String digest) {
        Reference reference = request.reference();
        var names = new ArrayList<String>();
        if (reference.digest() == null) {
            names.add(reference.toString());
        }
        names.add(reference.withDigest(digest).toString());
        return names;
    }

    /** The manifest for the platform. An index is stored as it is, so that the image stays what it was in the registry. */
    private ManifestContent choose(ManifestContent content, int depth) {
        if (!content.isIndex()) {
            return content;
        }
        if (depth > DEEPEST_INDEX) {
            throw NaruException.invalid("invalid image: its indexes are nested too deep");
        }
        store.blobs().put(content.content(), content.descriptor().digest(), lease);
        indexes.add(content.descriptor());
        Platform platform = platform();
        List<Descriptor> images = content.index().manifests().stream()
                .filter(each -> MediaTypes.isManifest(each.mediaType()) || MediaTypes.isIndex(each.mediaType()))
                .filter(Pull::isImage)
                .toList();
        Descriptor chosen = PlatformMatch.best(images, platform)
                .orElseThrow(() -> new NaruException(
                        ErrorKind.NOT_FOUND,
                        "no matching manifest for " + text(platform) + " in the manifest list entries"));
        ManifestContent next = repository.manifest(chosen.digest());
        if (next.descriptor().size() != chosen.size()) {
            throw NaruException.invalid("manifest " + chosen.digest() + " has "
                    + next.descriptor().size() + " bytes instead of " + chosen.size());
        }
        return choose(next, depth + 1);
    }

    /** Builders put attestations beside images, marked so. */
    private static boolean isImage(Descriptor manifest) {
        Platform platform = manifest.platform();
        boolean attestation = manifest.annotations() != null
                && "attestation-manifest".equals(manifest.annotations().get("vnd.docker.reference.type"));
        return !attestation && (platform == null || !"unknown".equals(platform.os()));
    }

    private Platform platform() {
        Platform wanted = request.platform();
        return wanted == null ? PlatformMatch.host() : wanted;
    }

    static String text(Platform platform) {
        String variant = platform.variant();
        return platform.os() + "/" + platform.architecture() + (variant == null ? "" : "/" + variant);
    }

    private byte[] config(Manifest manifest) {
        Descriptor config = manifest.config();
        if (!CONFIGS.contains(config.mediaType())) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "cannot pull " + request.reference().familiar(),
                    "it is no image but an artifact of type " + config.mediaType(),
                    null);
        }
        if (store.blobs().size(config.digest()) == config.size() && config.size() <= LARGEST_CONFIG) {
            lease.hold(config.digest());
            return store.blobs().read(config.digest(), LARGEST_CONFIG);
        }
        return repository.smallBlob(config, LARGEST_CONFIG);
    }

    private List<String> diffIds(byte[] json) {
        ImageConfig config = ImageJson.read(ImageConfig.class, json, "image configuration");
        List<String> diffIds = config.rootfs() == null ? null : config.rootfs().diffIds();
        if (diffIds == null) {
            throw NaruException.invalid("invalid image configuration: it describes no layers");
        }
        diffIds.forEach(Digest::parse);
        return diffIds;
    }

    private List<String> layers(Manifest manifest, List<String> diffIds) {
        List<Descriptor> all = manifest.layers();
        if (all.size() != diffIds.size() || all.size() > MOST_LAYERS) {
            throw NaruException.invalid("invalid image configuration: it describes " + diffIds.size()
                    + " layers, the image has " + all.size());
        }
        for (Descriptor each : all) {
            if (!LAYERS.contains(each.mediaType())) {
                throw new NaruException(
                        ErrorKind.NOT_SUPPORTED,
                        "cannot pull " + request.reference().familiar(),
                        "layers of type " + each.mediaType() + " are not supported",
                        null);
            }
            lease.hold(each.digest());
        }
        int known = known(diffIds);
        try (var fetch = new LayerFetch(store, extractions, repository, progress)) {
            fetch.run(all, known);
        }
        return all.stream().map(Descriptor::digest).toList();
    }

    /** How many layers from the lowest up are extracted already. */
    private int known(List<String> diffIds) {
        List<String> chains = ChainId.each(diffIds);
        int known = 0;
        while (known < chains.size() && layers.pin(chains.get(known), lease).isPresent()) {
            known++;
        }
        return known;
    }

    static String shortId(String digest) {
        return Digest.parse(digest).hex().substring(0, 12);
    }
}
