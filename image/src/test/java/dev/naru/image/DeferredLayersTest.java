package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.oci.ImageConfig;
import dev.naru.oci.RootFs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Large layers of builds: their digests need no reading of what was known, their blobs no writing before they are read. */
class DeferredLayersTest extends ImageStoreFixture {
    private static final int FILES = 34;
    private static final int SIZE = 2 << 20;

    private int count;

    /** Writes a tree of 34 sparse files and a small one as a layer; answers what is known of the large ones. */
    private String layer(String small, String salt, boolean known) throws IOException {
        String key = String.format("%064d", ++count);
        images.snapshotter().prepare(key, "");
        Path upper = images.built().upper(key);
        Path app = Files.createDirectories(upper.resolve("app/large"));
        var files = new ArrayList<LayerFile>();
        for (int i = 0; i < FILES; i++) {
            Path file = app.resolve("f" + i);
            try (var out = new RandomAccessFile(file.toFile(), "rw")) {
                out.write((i + salt).getBytes(StandardCharsets.UTF_8));
                out.setLength(SIZE);
            }
            describe(file);
            files.add(new LayerFile("app/large/f" + i, "digest of " + i, SIZE, 0644, 0, 0, 1000, 0));
        }
        Files.createLink(upper.resolve("app/more"), app.resolve("f7"));
        Files.writeString(app.resolve("a-small"), small);
        describe(app.resolve("a-small"));
        String chain = BuiltLayers.chain(key);
        images.built().take(key, chain, new LatestTime(2000 + count, true), known ? files : List.of(), in -> {});
        return chain;
    }

    private static void describe(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
    }

    private String image(String chain, String name) {
        var config = new ImageConfig(
                null,
                null,
                "amd64",
                "linux",
                null,
                null,
                null,
                null,
                new RootFs("layers", List.of()),
                null,
                null,
                null,
                null);
        images.build(chain, config, List.of(name));
        return images.get(name).config().rootfs().diffIds().getFirst();
    }

    @Test
    void blobIsWrittenWhenSomebodyReadsIt() throws Exception {
        String digest = image(layer("one", "", true), "one");
        assertThat(store.blobs().path(digest)).doesNotExist();
        assertThat(images.get("one").manifest().layers().getFirst().size())
                .isEqualTo(store.blobs().size(digest))
                .isGreaterThan((long) FILES * SIZE);
        assertThat(images.check(false)).isEmpty();
        images.save(List.of("one"), List.of(), new ByteArrayOutputStream());
        assertThat(store.blobs().path(digest)).exists();
        assertThat(store.blobs().isIntact(digest)).isTrue();
        images.awaitRemovals();
        assertThat(store.blobs().isDeferred(digest)).isFalse();
        reopen();
        assertThat(images.check(false)).isEmpty();
        images.remove("one", true, true, id -> Map.of());
        assertThat(store.blobs().exists(digest)).isFalse();
    }

    @Test
    void nextEngineWritesItToo() throws Exception {
        String chain = layer("one", "", true);
        String digest = image(chain, "one");
        images.awaitRemovals();
        reopen();
        assertThat(store.blobs().path(digest)).doesNotExist();
        assertThat(images.built().remove(List.of(chain), in -> {})).containsExactly(chain);
        assertThat(store.blobs().isIntact(digest)).isTrue();
        try (var blob = store.blobs().open(digest)) {
            assertThat(blob.size()).isEqualTo(store.blobs().size(digest));
        }
        images.remove("one", true, true, id -> Map.of());
        assertThat(store.blobs().exists(digest)).isFalse();
        reopen();
        assertThat(store.blobs().exists(digest)).isFalse();
        assertThat(images.built().files()).isEmpty();
    }

    @Test
    void digestsAreThoseOfAllBytesWhateverIsKnown() throws Exception {
        String first = image(layer("one", "", true), "first");
        String second = image(layer("two", "", true), "second");
        assertThat(store.blobs().isIntact(first)).isTrue();
        assertThat(store.blobs().isIntact(second)).isTrue();
        assertThat(second).isNotEqualTo(first);
        assertThat(image(layer("two", "", false), "third")).isNotEqualTo(second);
    }

    /** That the files differ is not seen: their contents are said to be known. */
    @Test
    void knownFilesAreNotReadAgain() throws Exception {
        String first = image(layer("one", "", true), "first");
        count--;
        images.remove("first", true, true, id -> Map.of());
        images.built().remove(images.built().all(), in -> {});
        assertThat(image(layer("one", "other", true), "second")).isEqualTo(first);
        count--;
        images.remove("second", true, true, id -> Map.of());
        images.built().remove(images.built().all(), in -> {});
        assertThat(image(layer("one", "other", false), "third")).isNotEqualTo(first);
    }

    @Test
    void largeFilesComeFirstAndAreUnpackedAsTheyWere() throws Exception {
        String chain = layer("one", "", false);
        String digest = image(chain, "one");
        var names = new ArrayList<String>();
        try (var tar = new TarReader(store.blobs().open(digest))) {
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                names.add(entry.name());
            }
        }
        assertThat(names.subList(0, FILES))
                .allMatch(name -> name.startsWith("app/large/f"))
                .isSorted();
        assertThat(names.subList(FILES, names.size()))
                .containsExactly("app/", "app/large/", "app/large/a-small", "app/more");
        // The root itself is in no layer.
        List<String> made = TreeListing.of(images.built().directories(chain).getFirst()).stream()
                .skip(1)
                .toList();
        images.snapshotter().prepare("again", "");
        try (var in = java.nio.channels.Channels.newInputStream(store.blobs().open(digest))) {
            images.built().unpack("again", in);
        }
        assertThat(TreeListing.of(images.built().upper("again")).stream().skip(1))
                .containsExactlyElementsOf(made);
    }
}
