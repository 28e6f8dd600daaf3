package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.Index;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Images for several platforms stay whole: what an archive brings, the store keeps and gives out again. */
class PlatformsTest extends ImageStoreFixture {
    private static final Platform ARM = PlatformMatch.parse("linux/arm64");

    private final Map<String, byte[]> blobs = new LinkedHashMap<>();

    private Descriptor blob(String type, byte[] content, @Nullable Platform platform) {
        String digest = Digest.of(content).toString();
        blobs.put(digest, content);
        return new Descriptor(type, digest, content.length, null, null, null, platform);
    }

    private Descriptor image(String architecture) {
        byte[] layer = ArchiveBuilder.tar(tar -> ArchiveBuilder.file(tar, "etc/arch", architecture));
        byte[] config = ArchiveBuilder.bytes("{\"architecture\":\"" + architecture
                + "\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + Digest.of(layer) + "\"]}}");
        var platform = new Platform(architecture, "linux", null, null, null);
        var manifest = new Manifest(
                2,
                MediaTypes.MANIFEST,
                null,
                blob(MediaTypes.CONFIG, config, null),
                List.of(blob(MediaTypes.LAYER, layer, null)),
                null,
                null);
        return blob(MediaTypes.MANIFEST, ImageJson.write(manifest), platform);
    }

    private byte[] archive(List<String> left) {
        String host = PlatformMatch.host().architecture();
        var entries = new ArrayList<>(List.of(image(host), image("arm64"), image("riscv64")));
        Descriptor index = blob(
                MediaTypes.INDEX, ImageJson.write(new Index(2, MediaTypes.INDEX, null, entries, null, null)), null);
        var top = new Descriptor(
                index.mediaType(),
                index.digest(),
                index.size(),
                null,
                Map.of("io.containerd.image.name", "docker.io/library/several:latest"),
                null,
                null);
        entries.stream()
                .filter(each ->
                        left.contains(Objects.requireNonNull(each.platform()).architecture()))
                .forEach(each -> blobs.remove(each.digest()));
        return ArchiveBuilder.tar(tar -> {
            for (Map.Entry<String, byte[]> each : blobs.entrySet()) {
                String name = "blobs/sha256/" + Digest.parse(each.getKey()).hex();
                tar.file(TarEntry.file(name, 0644, each.getValue().length, 0), each.getValue());
            }
            byte[] json = ImageJson.write(new Index(2, MediaTypes.INDEX, null, List.of(top), null, null));
            tar.file(TarEntry.file("index.json", 0644, json.length, 0), json);
            ArchiveBuilder.file(tar, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
        });
    }

    private List<String> available() {
        return images.variants(images.get("several")).stream()
                .filter(ImageVariant::available)
                .map(each -> Objects.requireNonNull(each.platform()).architecture())
                .toList();
    }

    private byte[] save(List<Platform> platforms) {
        var out = new ByteArrayOutputStream();
        images.save(List.of("several"), platforms, out);
        return out.toByteArray();
    }

    private static List<String> blobsOf(byte[] archive) {
        var names = new ArrayList<String>();
        try (var tar = new TarReader(Channels.newChannel(new ByteArrayInputStream(archive)))) {
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                if (entry.name().startsWith("blobs/sha256/") && !entry.name().endsWith("/")) {
                    names.add("sha256:" + entry.name().substring("blobs/sha256/".length()));
                }
            }
        }
        return names;
    }

    @Test
    void anArchivesPlatformsAreKeptAndSavedAgain() {
        load(archive(List.of()));
        assertThat(available()).contains("arm64", "riscv64").hasSize(3);
        assertThat(store.blobs().list()).containsExactlyInAnyOrderElementsOf(blobs.keySet());
        byte[] saved = save(List.of());
        assertThat(blobsOf(saved)).containsExactlyInAnyOrderElementsOf(blobs.keySet());
        images.remove("several", true, true, id -> Map.of());
        assertThat(store.blobs().list()).isEmpty();
        load(saved);
        assertThat(available()).hasSize(3);
    }

    @Test
    void onePlatformIsSavedAndLoadedAlone() {
        load(archive(List.of()));
        byte[] saved = save(List.of(ARM));
        assertThat(blobsOf(saved)).hasSize(3);
        images.remove("several", true, true, id -> Map.of());
        images.load(new ByteArrayInputStream(saved), ARM, progress -> {});
        assertThat(images.get("several").config().architecture()).isEqualTo("arm64");
        assertThatThrownBy(() -> save(List.of(PlatformMatch.parse("linux/s390x"))))
                .hasMessageContaining("does not provide the specified platform (linux/s390x)");
    }

    @Test
    void whatIsNotHereIsSaidSo() {
        load(archive(List.of("riscv64")));
        assertThat(available()).hasSize(2).doesNotContain("riscv64");
        assertThat(images.variants(images.get("several"))).hasSize(3);
        assertThat(images.variant(images.get("several"), ARM))
                .hasValueSatisfying(
                        image -> assertThat(image.config().architecture()).isEqualTo("arm64"));
        assertThat(images.variant(images.get("several"), PlatformMatch.parse("linux/riscv64")))
                .isEmpty();
        assertThat(images.check(false)).isEmpty();
    }

    @Test
    void nothingIsSavedOfAPlatformThatIsNotWhole() {
        byte[] all = archive(List.of());
        Descriptor part = image("riscv64");
        Manifest manifest = ImageJson.read(Manifest.class, Objects.requireNonNull(blobs.get(part.digest())), "part");
        load(all);
        store.blobs().delete(manifest.layers().getFirst().digest());
        assertThat(blobsOf(save(List.of())))
                .hasSize(blobs.size() - 3)
                .doesNotContain(part.digest(), manifest.config().digest());
    }

    @Test
    void theStoresLayoutNamesImagesInFullAndAsPeopleDo() {
        load(archive(List.of()));
        Index index = ImageJson.read(Index.class, assertContent(root.resolve("content/index.json")), "index.json");
        assertThat(index.manifests())
                .extracting(each -> Objects.requireNonNull(each.annotations()).get("org.opencontainers.image.ref.name"))
                .containsExactlyInAnyOrder("several:latest", "docker.io/library/several:latest");
        assertThat(index.manifests()).allMatch(each -> MediaTypes.isIndex(each.mediaType()));
    }

    private static byte[] assertContent(Path file) {
        try {
            return java.nio.file.Files.readAllBytes(file);
        } catch (java.io.IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }
}
