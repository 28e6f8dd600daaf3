package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BaseImages;
import dev.naru.build.BuildProgress;
import dev.naru.build.Source;
import dev.naru.engine.BuildService;
import dev.naru.engine.CachePlace;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Image;
import dev.naru.json.LongTexts;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.Index;
import dev.naru.oci.Manifest;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The images of registries, and those of OCI layouts that the client holds. The latter are loaded into the store without
 * a name, so that only what is not here travels.
 */
final class LayoutImages implements BaseImages {
    private static final Jsonb JSON =
            Jsonb.builder().adapter(LongTexts.stream()).build();
    private static final int LARGEST = 4 << 20;

    private final BuildService builds;
    private final BaseImages others;
    private final Places places;

    /** Finds the client that has a layout. */
    @FunctionalInterface
    interface Places {
        CachePlace of(Source.Layout layout) throws InterruptedException;
    }

    LayoutImages(BuildService builds, BaseImages others, Places places) {
        this.builds = requireNonNull(builds, "builds");
        this.others = requireNonNull(others, "others");
        this.places = requireNonNull(places, "places");
    }

    @Override
    public Image find(
            Source.Image source, @Nullable Platform platform, BuildProgress.Step step, BuildProgress progress) {
        return others.find(source, platform, step, progress);
    }

    @Override
    public Image find(
            Source.Layout layout, @Nullable Platform platform, BuildProgress.Step step, BuildProgress progress) {
        try {
            return find(layout, platform == null ? PlatformMatch.host() : platform, places.of(layout), step, progress);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot read the OCI layout " + layout.store(), failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new NaruException(
                    ErrorKind.UNAVAILABLE, "cannot read " + layout.store(), "the build was canceled", null);
        }
    }

    private Image find(
            Source.Layout layout, Platform platform, CachePlace place, BuildProgress.Step step, BuildProgress progress)
            throws IOException, InterruptedException {
        byte[] top = document(place, layout.digest());
        String digest = layout.digest();
        byte[] bytes = top;
        Index index = read(Index.class, top);
        if (index.manifests() != null && !index.manifests().isEmpty()) {
            Descriptor best = PlatformMatch.best(index.manifests(), platform)
                    .orElseThrow(() -> NaruException.notFound("no image for " + Platforms.text(platform) + " in "
                            + layout.reference() + "@" + layout.digest()));
            digest = best.digest();
            bytes = document(place, digest);
        }
        Optional<Image> known = builds.image(digest);
        if (known.isPresent()) {
            return known.get();
        }
        Manifest manifest = read(Manifest.class, bytes);
        if (manifest.config() == null || manifest.layers() == null) {
            throw NaruException.invalid(digest + " is no image");
        }
        progress.moved(step, "loading " + digest, 0, 0, false);
        Image loaded;
        try (InputStream archive = LayoutArchive.of(place, digest, bytes, manifest)) {
            loaded = builds.load(archive, platform);
        }
        progress.moved(step, "loading " + digest, 0, 0, true);
        return loaded;
    }

    private static byte[] document(CachePlace place, String digest) throws IOException, InterruptedException {
        byte[] bytes;
        try (InputStream in = place.open(digest)) {
            bytes = in.readNBytes(LARGEST + 1);
        }
        if (bytes.length > LARGEST || !Digest.of(bytes).toString().equals(digest)) {
            throw NaruException.invalid("the OCI layout has something else under " + digest);
        }
        return bytes;
    }

    private static <T> T read(Class<T> type, byte[] json) {
        try {
            return JSON.type(type).fromJson(new String(json, StandardCharsets.UTF_8));
        } catch (JsonException | IllegalStateException | NullPointerException malformed) {
            throw NaruException.because(ErrorKind.INVALID, "malformed document in the OCI layout", malformed);
        }
    }
}
