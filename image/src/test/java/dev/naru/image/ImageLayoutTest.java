package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.ImageLayout;
import dev.naru.oci.Index;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** The store's directory and saved archives are image layouts that any tool reads (image-spec, image-layout.md). */
class ImageLayoutTest extends ImageStoreFixture {
    private interface Layout {
        byte[] read(String path) throws IOException;
    }

    private static void assertLayout(Layout files, String name) throws IOException {
        assertThat(ImageJson.read(ImageLayout.class, files.read("oci-layout"), "oci-layout")
                        .imageLayoutVersion())
                .isEqualTo("1.0.0");
        Index index = ImageJson.read(Index.class, files.read("index.json"), "index.json");
        assertThat(index.manifests())
                .anySatisfy(each ->
                        assertThat(each.annotations()).isNotNull().containsEntry("io.containerd.image.name", name));
        for (Descriptor each : index.manifests()) {
            Manifest manifest = ImageJson.read(Manifest.class, blob(files, each), "manifest");
            blob(files, manifest.config());
            for (Descriptor layer : manifest.layers()) {
                blob(files, layer);
            }
        }
    }

    private static byte[] blob(Layout files, Descriptor descriptor) throws IOException {
        byte[] content =
                files.read("blobs/sha256/" + Digest.parse(descriptor.digest()).hex());
        assertThat(content).hasSize((int) descriptor.size());
        assertThat(Digest.of(content).toString()).isEqualTo(descriptor.digest());
        return content;
    }

    private byte[] save(String name) {
        var out = new ByteArrayOutputStream();
        images.save(List.of(name), out);
        return out.toByteArray();
    }

    private static Map<String, byte[]> members(byte[] archive) {
        var members = new HashMap<String, byte[]>();
        try (var tar = new TarReader(Channels.newChannel(new ByteArrayInputStream(archive)))) {
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                members.put(entry.name(), tar.content(1 << 20, entry.name()));
            }
        }
        return members;
    }

    @Test
    void theStoreIsALayout() throws IOException {
        load(ImageStoreTest.base().build());
        Path content = store.blobs().root();
        assertLayout(path -> Files.readAllBytes(content.resolve(path)), "docker.io/library/test:latest");
    }

    @Test
    void aSavedArchiveIsALayoutToo() throws IOException {
        load(ImageStoreTest.base().build());
        Map<String, byte[]> members = members(save("test"));
        assertLayout(path -> Objects.requireNonNull(members.get(path), path), "docker.io/library/test:latest");
        assertThat(members).containsKeys("manifest.json", "repositories");
    }

    @Test
    void aLayoutWithoutManifestJsonLoads() {
        load(ImageStoreTest.base().build());
        Image before = images.get("test");
        Map<String, byte[]> members = members(save("test"));
        members.remove("manifest.json");
        members.remove("repositories");
        images.remove("test", true, true, id -> Map.of());
        load(ArchiveBuilder.tar(tar -> {
            for (Map.Entry<String, byte[]> each : members.entrySet()) {
                if (!each.getKey().endsWith("/")) {
                    tar.file(TarEntry.file(each.getKey(), 0644, each.getValue().length, 0), each.getValue());
                }
            }
        }));
        assertThat(images.get("test").id()).isEqualTo(before.id());
    }

    @Test
    void compressedLayersAreReadAndKept() throws IOException {
        byte[] first = ArchiveBuilder.tar(tar -> ArchiveBuilder.file(tar, "a", "1"));
        byte[] second = ArchiveBuilder.tar(tar -> ArchiveBuilder.file(tar, "b", "2"));
        var gzip = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(gzip)) {
            out.write(first);
        }
        var whole = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(whole)) {
            out.write(new ArchiveBuilder()
                    .compressedLayer(gzip.toByteArray(), Digest.of(first).toString())
                    .compressedLayer(Zstd.compress(second), Digest.of(second).toString())
                    .build());
        }
        load(whole.toByteArray());
        Image image = images.get("test");
        assertThat(image.manifest().layers())
                .extracting(Descriptor::mediaType)
                .containsExactly(MediaTypes.LAYER_GZIP, MediaTypes.LAYER_ZSTD);
        images.snapshotter().prepare("one", image.chainId());
        boolean both = images.snapshotter()
                .withMounted("one", path -> Files.exists(path.resolve("a")) && Files.exists(path.resolve("b")));
        assertThat(both).isTrue();
    }

    @Test
    void archivesOfOldDockerLoad() {
        byte[] lower = ArchiveBuilder.tar(tar -> ArchiveBuilder.file(tar, "a", "1"));
        byte[] upper = ArchiveBuilder.tar(tar -> ArchiveBuilder.file(tar, "b", "2"));
        load(ArchiveBuilder.tar(tar -> {
            ArchiveBuilder.file(tar, "l1/json", "{\"id\":\"l1\",\"created\":\"2014-01-01T00:00:00Z\"}");
            tar.file(TarEntry.file("l1/layer.tar", 0644, lower.length, 0), lower);
            ArchiveBuilder.file(tar, "l2/json", "{\"id\":\"l2\",\"parent\":\"l1\",\"config\":{\"Cmd\":[\"/b\"]}}");
            tar.file(TarEntry.file("l2/layer.tar", 0644, upper.length, 0), upper);
            ArchiveBuilder.file(tar, "repositories", "{\"old\":{\"1\":\"l2\"}}");
        }));
        assertThat(images.get("old:1").config().rootfs().diffIds())
                .containsExactly(Digest.of(lower).toString(), Digest.of(upper).toString());
    }
}
