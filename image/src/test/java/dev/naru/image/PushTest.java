package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.Index;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Reference;
import dev.naru.registry.Credentials;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** What a registry gets. */
class PushTest extends RegistryImagesFixture {
    private String name() {
        return registry.name("pushed") + ":t";
    }

    private Manifest push(String compression) {
        images.push(
                registries,
                new PushRequest(Reference.parse(name()), Credentials.anonymous(), compression),
                progress -> {});
        return registry.manifest("t");
    }

    private static byte[] gzip(byte[] plain) {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        } catch (IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    @Test
    void anImageOfADockerArchiveIsPushedInDockersTypes() throws IOException {
        byte[] layer = ArchiveBuilder.tar(tar -> ArchiveBuilder.file(tar, "a", "b"));
        load(new ArchiveBuilder()
                .tag(name())
                .layer(tar -> ArchiveBuilder.file(tar, "a", "b"))
                .build());
        Manifest pushed = push("gzip");
        assertThat(registry.type("t")).isEqualTo(MediaTypes.DOCKER_MANIFEST).isEqualTo(pushed.mediaType());
        assertThat(pushed.config().mediaType()).isEqualTo(MediaTypes.DOCKER_CONFIG);
        assertThat(pushed.layers()).extracting(Descriptor::mediaType).containsExactly(MediaTypes.DOCKER_LAYER_GZIP);
        byte[] sent = registry.content(pushed.layers().getFirst().digest());
        assertThat(new GZIPInputStream(new ByteArrayInputStream(sent)).readAllBytes())
                .isEqualTo(layer);
    }

    @Test
    void soIsOneWhoseLayersWereCompressedAlready() {
        byte[] layer = ArchiveBuilder.tar(tar -> ArchiveBuilder.file(tar, "a", "b"));
        load(new ArchiveBuilder()
                .tag(name())
                .compressedLayer(gzip(layer), Digest.of(layer).toString())
                .build());
        Manifest pushed = push("gzip");
        assertThat(registry.type("t")).isEqualTo(MediaTypes.DOCKER_MANIFEST);
        assertThat(pushed.layers().getFirst().digest())
                .isEqualTo(Digest.of(gzip(layer)).toString());
    }

    @Test
    void zstdIsForImagesOfTheInitiative() {
        load(new ArchiveBuilder()
                .tag(name())
                .layer(tar -> ArchiveBuilder.file(tar, "a", "b"))
                .build());
        Manifest pushed = push("zstd");
        assertThat(registry.type("t")).isEqualTo(MediaTypes.MANIFEST);
        assertThat(pushed.layers()).extracting(Descriptor::mediaType).containsExactly(MediaTypes.LAYER_ZSTD);
    }

    @Test
    void anImageOfALayoutIsPushedAsItIs() {
        byte[] layer = ArchiveBuilder.tar(tar -> ArchiveBuilder.file(tar, "a", "b"));
        byte[] compressed = gzip(layer);
        byte[] config = ArchiveBuilder.bytes("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":"
                + "{\"type\":\"layers\",\"diff_ids\":[\"" + Digest.of(layer) + "\"]}}");
        byte[] manifest = ImageJson.write(new Manifest(
                2,
                MediaTypes.MANIFEST,
                null,
                described(MediaTypes.CONFIG, config, null),
                List.of(described(MediaTypes.LAYER_GZIP, compressed, null)),
                null,
                Map.of("a", "b")));
        Descriptor top = described(MediaTypes.MANIFEST, manifest, Map.of("io.containerd.image.name", name()));
        load(ArchiveBuilder.tar(tar -> {
            for (byte[] each : List.of(compressed, config, manifest)) {
                String path = "blobs/sha256/" + Digest.of(each).hex();
                tar.file(TarEntry.file(path, 0644, each.length, 0), each);
            }
            byte[] index = ImageJson.write(new Index(2, MediaTypes.INDEX, null, List.of(top), null, null));
            tar.file(TarEntry.file("index.json", 0644, index.length, 0), index);
            ArchiveBuilder.file(tar, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
        }));
        Manifest pushed = push("gzip");
        assertThat(registry.type("t")).isEqualTo(MediaTypes.MANIFEST);
        assertThat(ImageJson.write(pushed)).isEqualTo(manifest);
    }

    private static Descriptor described(
            String type, byte[] content, @org.jspecify.annotations.Nullable Map<String, String> annotations) {
        return new Descriptor(type, Digest.of(content).toString(), content.length, null, annotations, null, null);
    }
}
