package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.CacheBundle;
import dev.naru.build.CacheSource;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.ChainBlob;
import dev.naru.image.Compression;
import dev.naru.image.Images;
import dev.naru.json.LongTexts;
import dev.naru.oci.Descriptor;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Index;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.PlatformMatch;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes build caches to places outside of this engine, and reads them there (docs/design/024-build-cache-transfer.md). */
final class CacheTransfer {
    /** What the configuration of a cache's manifest is. */
    static final String CONFIG = "application/vnd.naru.buildcache.v1+json";

    private static final int LARGEST_CONFIG = 64 << 20;
    private static final Jsonb JSON =
            Jsonb.builder().adapter(LongTexts.stream()).build();

    private final Store store;
    private final Images images;

    CacheTransfer(Store store, Images images) {
        this.store = requireNonNull(store, "store");
        this.images = requireNonNull(images, "images");
    }

    /**
     * Keeps a cache, layers that are there already excepted.
     *
     * @return the manifest's descriptor, as JSON
     */
    String keep(CacheBundle bundle, CachePlace place, Compression compression) throws InterruptedException {
        try (Lease lease = store.leases().open()) {
            Map<String, ChainBlob> blobs = new LinkedHashMap<>();
            List<String> chains =
                    bundle.layers().stream().map(CacheBundle.Layer::chain).toList();
            for (ChainBlob blob : images.blobs(chains, compression, lease)) {
                blobs.put(blob.chain(), blob);
                place.put(content(blob.digest(), blob.size()));
            }
            List<CacheBundle.Layer> layers = bundle.layers().stream()
                    .map(layer -> new CacheBundle.Layer(layer.chain(), layer.parent(), digest(blobs, layer.chain())))
                    .toList();
            var told =
                    new CacheBundle(CacheBundle.VERSION, layers, bundle.results(), bundle.aliases(), bundle.mounts());
            byte[] config = told.json().getBytes(StandardCharsets.UTF_8);
            String configDigest = store.blobs().put(config, lease);
            place.put(content(configDigest, config.length));
            var manifest = new Manifest(
                    2,
                    MediaTypes.MANIFEST,
                    null,
                    descriptor(CONFIG, configDigest, config.length),
                    descriptors(blobs.values()),
                    null,
                    null);
            byte[] bytes = JSON.type(Manifest.class).toJsonBytes(manifest);
            String digest = store.blobs().put(bytes, lease);
            place.put(content(digest, bytes.length));
            place.finish(MediaTypes.MANIFEST, bytes);
            return JSON.type(Descriptor.class).toJson(descriptor(MediaTypes.MANIFEST, digest, bytes.length));
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot keep the build cache " + place.name(), failure);
        }
    }

    private static String digest(Map<String, ChainBlob> blobs, String chain) {
        ChainBlob blob = blobs.get(chain);
        if (blob == null) {
            throw NaruException.notFound("the layer " + chain + " of the build cache is gone");
        }
        return blob.digest();
    }

    private static List<Descriptor> descriptors(Iterable<ChainBlob> blobs) {
        // Registries need each once only.
        Map<String, Descriptor> all = new LinkedHashMap<>();
        blobs.forEach(blob -> all.put(blob.digest(), descriptor(blob.mediaType(), blob.digest(), blob.size())));
        return List.copyOf(all.values());
    }

    private static Descriptor descriptor(String type, String digest, long size) {
        return new Descriptor(type, digest, size, null, null, null, null);
    }

    private CachePlace.Content content(String digest, long size) {
        return new CachePlace.Content() {
            @Override
            public String digest() {
                return digest;
            }

            @Override
            public long size() {
                return size;
            }

            @Override
            public InputStream open() {
                return Channels.newInputStream(store.blobs().open(digest));
            }
        };
    }

    /** Reads what a cache knows; empty when there is none, or an image without one. */
    Optional<CacheSource> open(CachePlace place) throws InterruptedException {
        try {
            Optional<byte[]> top = place.manifest();
            if (top.isEmpty()) {
                return Optional.empty();
            }
            byte[] manifest = top.get();
            String index = new String(manifest, StandardCharsets.UTF_8);
            if (index.contains("\"manifests\"")) {
                Optional<Descriptor> own = PlatformMatch.best(
                        JSON.type(Index.class).fromJson(index).manifests(), PlatformMatch.host());
                if (own.isEmpty()) {
                    return Optional.empty();
                }
                manifest = place.manifest(own.get().digest());
            }
            return source(place, JSON.type(Manifest.class).fromJson(manifest));
        } catch (IOException | JsonException | IllegalStateException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot read the build cache " + place.name(), failure);
        }
    }

    private Optional<CacheSource> source(CachePlace place, Manifest manifest) throws IOException, InterruptedException {
        String config = new String(read(place, manifest.config()), StandardCharsets.UTF_8);
        if (manifest.config().mediaType().equals(CONFIG)) {
            return Optional.of(new PlacedCache(place, CacheBundle.read(config)));
        }
        String told = JSON.type(ImageConfig.class).fromJson(config).cache();
        if (told == null) {
            return Optional.empty();
        }
        return Optional.of(new PlacedCache(place, inImage(CacheBundle.read(told), manifest)));
    }

    /** An image names its layers by their place: their digests are not known before it is written. */
    private static CacheBundle inImage(CacheBundle bundle, Manifest manifest) {
        var layers = new ArrayList<CacheBundle.Layer>();
        for (CacheBundle.Layer each : bundle.layers()) {
            int index = Integer.parseInt(each.blob().replace("#", ""));
            if (index < 0 || index >= manifest.layers().size()) {
                throw NaruException.invalid("the build cache in the image has a layer too many");
            }
            layers.add(new CacheBundle.Layer(
                    each.chain(), each.parent(), manifest.layers().get(index).digest()));
        }
        return new CacheBundle(bundle.version(), layers, bundle.results(), bundle.aliases());
    }

    private static byte[] read(CachePlace place, Descriptor blob) throws IOException, InterruptedException {
        if (blob.size() < 0 || blob.size() > LARGEST_CONFIG) {
            throw NaruException.invalid("the build cache " + place.name() + " is too large");
        }
        try (InputStream in = new VerifiedStream(place.open(blob.digest()), blob.digest())) {
            return in.readNBytes(LARGEST_CONFIG);
        }
    }

    private record PlacedCache(CachePlace place, CacheBundle bundle) implements CacheSource {
        @Override
        public String name() {
            return place.name();
        }

        @Override
        public InputStream open(CacheBundle.Layer layer) throws IOException, InterruptedException {
            return new VerifiedStream(place.open(layer.blob()), layer.blob());
        }
    }
}
