package dev.naru.image;

import static dev.naru.image.ArchiveBuilder.directory;
import static dev.naru.image.ArchiveBuilder.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Digest;
import dev.naru.store.Store;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Images made to harm, loaded whole: refused as invalid or harmless, and the store clean afterwards. */
@ParameterizedClass
@ValueSource(strings = {"overlay2", "erofs"})
class HostileImageTest {
    @Parameter
    String driver = "";

    @TempDir
    Path root;

    private Path outside;
    private Store store;
    private ImageStore images;

    @BeforeEach
    void open() throws IOException {
        outside = Files.createDirectory(root.resolve("outside"));
        Files.writeString(outside.resolve("victim"), "untouched");
        store = Store.open(root.resolve("data"));
        images = ImageStore.open(store, driver, new UnpackLimits(1L << 40, 200, 20_000));
    }

    @AfterEach
    void close() throws IOException {
        images.awaitRemovals();
        assertThat(images.check(false)).isEmpty();
        images.close();
        store.close();
        assertThat(outside.resolve("victim")).hasContent("untouched");
        assertThat(outside.toFile().list()).containsExactly("victim");
    }

    private void load(byte[] layer, String diffId) {
        byte[] archive = new ArchiveBuilder().compressedLayer(layer, diffId).build();
        images.load(new ByteArrayInputStream(archive), progress -> {});
    }

    private void refused(ArchiveBuilder.Content content, String... reasons) {
        refused(ArchiveBuilder.tar(content), reasons);
    }

    private void refused(byte[] layer, String... reasons) {
        assertThatThrownBy(() -> load(layer, Digest.of(layer).toString()))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .satisfies(e -> assertThat(List.of(reasons))
                        .anySatisfy(reason -> assertThat(e).hasMessageContaining(reason)));
        assertThat(images.list()).isEmpty();
    }

    private interface Work {
        void run(Path path) throws IOException;
    }

    private void shows(ArchiveBuilder.Content content, Work work) {
        byte[] layer = ArchiveBuilder.tar(content);
        load(layer, Digest.of(layer).toString());
        images.snapshotter().prepare("one", images.get("test").chainId());
        boolean done = images.snapshotter().withMounted("one", path -> {
            try {
                work.run(path);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return true;
        });
        assertThat(done).isTrue();
        images.snapshotter().remove("one");
    }

    private static TarEntry link(String name, String target, TarEntry.Type type) {
        return new TarEntry(name, type, 0777, 0, 0, 0, 0, 0, target, 0, 0, Map.of(), null, 0);
    }

    private static TarEntry symlink(String name, String target) {
        return link(name, target, TarEntry.Type.SYMBOLIC_LINK);
    }

    @Test
    void namesThatLeadOutAreRefused() {
        refused(tar -> file(tar, "../outside/victim", "x"), "leads out of its root");
        refused(tar -> file(tar, "a/../../../outside/victim", "x"), "leads out of its root");
        refused(tar -> directory(tar, "../../"), "leads out of its root");
        refused(tar -> file(tar, "d/.wh...", ""), "hides no name");
        refused(tar -> file(tar, ".wh.", ""), "hides no name");
        refused(tar -> tar.begin(link("h", "../outside/victim", TarEntry.Type.HARD_LINK)), "leads out of its root");
        refused(tar -> tar.begin(link("h", outside + "/victim", TarEntry.Type.HARD_LINK)), "cannot", "no such file");
        refused(tar -> tar.begin(link("h", "./", TarEntry.Type.HARD_LINK)), "cannot");
    }

    @Test
    void linksThatLeadOutReachNothing() {
        refused(
                tar -> {
                    tar.begin(symlink("out", outside.toString()));
                    file(tar, "out/victim", "x");
                },
                "cannot extract to");
        refused(
                tar -> {
                    tar.begin(symlink("up", "../../../../../../../../.." + outside));
                    file(tar, "up/new", "x");
                },
                "cannot extract to");
        refused(
                tar -> {
                    tar.begin(symlink("loop", "loop"));
                    file(tar, "loop/file", "x");
                },
                "cannot extract to");
        refused(
                tar -> {
                    file(tar, "plain", "x");
                    file(tar, "plain/below", "x");
                },
                "cannot extract to");
        shows(
                tar -> {
                    tar.begin(symlink("out", outside + "/victim"));
                    tar.begin(link("hard", "out", TarEntry.Type.HARD_LINK));
                    file(tar, "out", "mine");
                    file(tar, outside + "/victim", "inside");
                },
                path -> {
                    assertThat(path.resolve("out")).isRegularFile().hasContent("mine");
                    assertThat(Files.isSymbolicLink(path.resolve("hard"))).isTrue();
                    assertThat(path.resolve(outside.toString().substring(1) + "/victim"))
                            .hasContent("inside");
                });
    }

    @Test
    void theLastOfDuplicateEntriesIsTaken() {
        shows(
                tar -> {
                    file(tar, "x", "one");
                    directory(tar, "x/");
                    file(tar, "x/y", "two");
                    tar.begin(symlink("x", outside.toString()));
                    directory(tar, "x/");
                    file(tar, "./x//z", "three");
                    file(tar, "y", "short");
                    file(tar, "y", "much longer than before");
                    tar.begin(link("y", "y", TarEntry.Type.HARD_LINK));
                },
                path -> {
                    assertThat(path.resolve("x").toFile().list()).containsExactly("z");
                    assertThat(path.resolve("y")).hasContent("much longer than before");
                });
    }

    @Test
    void nothingTakesThePlaceOfTheRoot() {
        shows(
                tar -> {
                    file(tar, "/", "");
                    file(tar, ".", "a file");
                    tar.begin(symlink("./", outside.toString()));
                    tar.begin(link("/.", "etc", TarEntry.Type.HARD_LINK));
                    tar.begin(
                            new TarEntry("./", TarEntry.Type.DIRECTORY, 0, 5, 5, 0, 0, 0, "", 0, 0, Map.of(), null, 0));
                    file(tar, ".wh..wh..opq", "");
                    file(tar, "file", "x");
                },
                path -> assertThat(path.resolve("file")).hasContent("x"));
    }

    @Test
    void namesThatLookAlikeAreDifferentFiles() {
        List<String> names = List.of(
                "readme",
                "README",
                "ReadMe",
                "caf\u00c3\u00a9",
                "cafe\u00cc\u0081",
                "\u00e2\u0080\u00aetxt.exe",
                "a\nb",
                "a b",
                "-",
                "..a",
                "\u00ff\u00fe",
                "nul",
                "CON");
        shows(
                tar -> {
                    for (String name : names) {
                        file(tar, "d/" + name, name.length() + name);
                    }
                },
                path -> assertThat(path.resolve("d").toFile().list()).hasSize(names.size()));
        assertThat(images.remove("test", true, true, id -> Map.of())).isNotEmpty();
        refused(tar -> file(tar, "nul\0byte\u00e9", "x"), "NUL", "broken");
        refused(tar -> file(tar, "n".repeat(256), "x"), "file name too long");
        refused(tar -> file(tar, "d/".repeat(3000) + "x", "x"), "file name too long");
    }

    @Test
    void moreFilesThanAllowedAreRefused() {
        refused(
                tar -> {
                    for (int i = 0; i < 20_001; i++) {
                        tar.begin(TarEntry.file("same", 0644, 0, 0));
                    }
                },
                "too many entries");
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] whole = ArchiveBuilder.tar(tar -> {
            directory(tar, "d/");
            file(tar, "d/" + "long".repeat(40), "content");
            file(tar, "e", "x".repeat(1500));
        });
        var random = new Random(3);
        for (int i = 0; i < 25; i++) {
            byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length - 1));
            assertThatThrownBy(() -> load(cut, Digest.of(whole).toString()))
                    .isInstanceOfSatisfying(
                            NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID));
        }
        assertThat(images.list()).isEmpty();
    }

    @Test
    void layersOfOtherDigestsAndSizesAreRefused() {
        byte[] layer = ArchiveBuilder.tar(tar -> file(tar, "a", "b"));
        assertThatThrownBy(() -> load(layer, "sha256:" + "0".repeat(64))).hasMessageContaining("instead of sha256:000");
        assertThatThrownBy(() -> images.load(new ByteArrayInputStream(layout(layer, layer.length + 1, layer)), p -> {}))
                .hasMessageContaining("its manifest says " + (layer.length + 1));
        byte[] other = layer.clone();
        other[other.length - 1] = 1;
        assertThatThrownBy(() -> images.load(new ByteArrayInputStream(layout(layer, layer.length, other)), p -> {}))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessageContaining("digest");
        images.load(new ByteArrayInputStream(layout(layer, layer.length, layer)), p -> {});
        assertThat(images.list()).hasSize(1);
    }

    /** An image layout whose manifest says this of the layer, which in truth is another. */
    private static byte[] layout(byte[] layer, long size, byte[] content) {
        String digest = Digest.of(layer).toString();
        byte[] config =
                ArchiveBuilder.bytes("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\","
                        + "\"diff_ids\":[\"" + digest + "\"]}}");
        byte[] manifest = ArchiveBuilder.bytes(
                "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                        + "\"config\":" + descriptor("config.v1+json", config, config.length) + ",\"layers\":["
                        + descriptor("layer.v1.tar", layer, size) + "]}");
        byte[] index = ArchiveBuilder.bytes("{\"schemaVersion\":2,\"manifests\":["
                + descriptor("manifest.v1+json", manifest, manifest.length) + "]}");
        return ArchiveBuilder.tar(tar -> {
            file(tar, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
            member(tar, "index.json", index);
            member(tar, path(config), config);
            member(tar, path(manifest), manifest);
            member(tar, path(layer), content);
        });
    }

    private static void member(TarWriter tar, String name, byte[] content) throws IOException {
        tar.file(TarEntry.file(name, 0644, content.length, 0), content);
    }

    private static String path(byte[] content) {
        return "blobs/sha256/" + Digest.of(content).hex();
    }

    private static String descriptor(String type, byte[] content, long size) {
        return "{\"mediaType\":\"application/vnd.oci.image." + type + "\",\"digest\":\"" + Digest.of(content)
                + "\",\"size\":" + size + "}";
    }
}
