package dev.naru.image;

import static dev.naru.image.ArchiveBuilder.directory;
import static dev.naru.image.ArchiveBuilder.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Images.Removal;
import dev.naru.image.Snapshotter.Change;
import dev.naru.oci.ImageRunConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ImageStoreTest extends ImageStoreFixture {
    private List<String> load(ArchiveBuilder archive) {
        return load(archive.build());
    }

    static ArchiveBuilder base() {
        return new ArchiveBuilder()
                .layer(tar -> {
                    directory(tar, "bin/");
                    file(tar, "bin/sh", "shell");
                    file(tar, "bin/ls", "list");
                    directory(tar, "etc/");
                    file(tar, "etc/passwd", "root");
                    directory(tar, "var/");
                    file(tar, "var/old", "old");
                    tar.begin(TarEntry.directory("tmp/", 01777, 1_700_000_000));
                })
                .layer(tar -> {
                    directory(tar, "usr/");
                    file(tar, "usr/data", "data");
                    file(tar, "bin/.wh.ls", "");
                    file(tar, "tmp/file", "x");
                });
    }

    private static final Images.UsageCheck UNUSED = id -> Map.of();

    private static Images.Commit commit(@Nullable String reference) {
        return new Images.Commit(
                reference,
                new ImageRunConfig(
                        null, null, null, null, List.of("/x"), null, null, null, null, null, null, null, null),
                "me",
                "why",
                "sh -c x",
                null);
    }

    private static List<String> tree(Path path) {
        try (Stream<Path> files = Files.walk(path)) {
            return files.map(file -> path.relativize(file).toString()).sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void loadsTagsAndFinds() {
        assertThat(load(base())).containsExactly("test:latest");
        Image image = images.get("test");
        assertThat(image.tags()).containsExactly("test:latest");
        assertThat(image.config().config())
                .isNotNull()
                .extracting(ImageRunConfig::cmd)
                .isEqualTo(List.of("/bin/sh"));
        assertThat(images.get(image.id())).isEqualTo(image);
        assertThat(images.get(image.id().substring(7, 15))).isEqualTo(image);
        images.tag("test", "other/name:v1");
        assertThat(images.get("other/name:v1").tags()).containsExactly("other/name:v1", "test:latest");
        reopen();
        assertThat(images.get("other/name:v1").tags()).containsExactly("other/name:v1", "test:latest");
        assertThat(images.list()).hasSize(1);
        assertThatThrownBy(() -> images.get("nothing"))
                .hasMessage("No such image: nothing:latest")
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND));
        assertThatThrownBy(() -> images.get("Upper")).hasMessageContaining("must be lowercase");
    }

    @Test
    void theConfigurationsBytesAreKept() {
        load(base());
        assertThat(store.blobs().read(images.get("test").id(), 10_000)).isEqualTo(base().config());
    }

    @Test
    void aSnapshotShowsTheLayersMerged() {
        load(base());
        images.snapshotter().prepare("c1", images.get("test").chainId());
        List<String> files = images.snapshotter().withMounted("c1", ImageStoreTest::tree);
        assertThat(files).contains("bin/sh", "etc/passwd", "usr/data", "tmp/file", "dev/console", "etc/hosts", "proc");
        assertThat(files).doesNotContain("bin/ls", "bin/.wh.ls");
        int mode = images.snapshotter().withMounted("c1", path -> mode(path.resolve("tmp")));
        assertThat(mode & 07777).isEqualTo(01777);
        assertThat(images.snapshotter().changes("c1")).isEmpty();
        images.snapshotter().remove("c1");
        assertThat(images.snapshotter().keys()).isEmpty();
    }

    private static int mode(Path path) {
        try {
            return (int) Files.getAttribute(path, "unix:mode");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    interface Work {
        void run(Path path) throws IOException;
    }

    private void inSnapshot(String key, Work work) {
        images.snapshotter().withMounted(key, path -> {
            try {
                work.run(path);
                return true;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
    }

    private List<String> changes(String key) {
        return images.snapshotter().changes(key).stream()
                .map(change -> letter(change.kind()) + " " + change.path())
                .toList();
    }

    private static String letter(Change.Kind kind) {
        return switch (kind) {
            case MODIFIED -> "C";
            case ADDED -> "A";
            case DELETED -> "D";
        };
    }

    @Test
    void changesAreDockers() {
        load(base());
        images.snapshotter().prepare("c1", images.get("test").chainId());
        inSnapshot("c1", path -> Files.createDirectory(path.resolve("w")));
        assertThat(changes("c1")).containsExactly("A /w");
        inSnapshot("c1", path -> {
            Files.writeString(path.resolve("etc/passwd"), "more");
            Files.delete(path.resolve("bin/sh"));
            Files.delete(path.resolve("var/old"));
            Files.delete(path.resolve("var"));
            Files.createDirectory(path.resolve("var"));
            Files.createFile(path.resolve("var/new"));
            Files.createFile(path.resolve("tmp/gone"));
            Files.delete(path.resolve("tmp/gone"));
            Files.writeString(path.resolve("etc/hosts"), "x");
        });
        assertThat(changes("c1"))
                .containsExactly(
                        "C /bin",
                        "D /bin/sh",
                        "C /etc",
                        "C /etc/hosts",
                        "C /etc/passwd",
                        "C /var",
                        "A /var/new",
                        "D /var/old",
                        "A /w");
    }

    @Test
    void commitMakesAnImageWithTheChanges() {
        load(base());
        Image base = images.get("test");
        images.snapshotter().prepare("c1", base.chainId());
        inSnapshot("c1", path -> {
            Files.writeString(path.resolve("usr/data"), "changed");
            Files.delete(path.resolve("bin/sh"));
            Files.delete(path.resolve("var/old"));
            Files.delete(path.resolve("var"));
            Files.createDirectory(path.resolve("var"));
            Files.createFile(path.resolve("var/new"));
            Files.createSymbolicLink(path.resolve("link"), Path.of("/etc/passwd"));
            Files.createLink(path.resolve("hard"), path.resolve("usr/data"));
        });
        String id = images.commit(base, "c1", commit("made:v2"));
        Image made = images.get("made:v2");
        assertThat(made.id()).isEqualTo(id);
        assertThat(made.config().history()).hasSize(2);
        assertThat(made.config().rootfs().diffIds()).hasSize(3);
        images.snapshotter().prepare("c2", made.chainId());
        List<String> files = images.snapshotter().withMounted("c2", ImageStoreTest::tree);
        assertThat(files).contains("var/new", "link", "hard").doesNotContain("bin/sh", "var/old");
        inSnapshot("c2", path -> {
            assertThat(Files.readString(path.resolve("usr/data"))).isEqualTo("changed");
            assertThat(Files.getAttribute(path.resolve("hard"), "unix:ino"))
                    .isEqualTo(Files.getAttribute(path.resolve("usr/data"), "unix:ino"));
        });
        assertThatThrownBy(() -> images.remove("test", false, true, id2 -> Map.of()))
                .hasMessageContaining("image has dependent child images");
        images.snapshotter().prepare("c3", made.chainId());
        String same = images.commit(made, "c3", commit(null));
        assertThat(images.get(same).config().rootfs().diffIds()).hasSize(3);
        assertThat(images.get(same).config().history()).hasSize(3);
    }

    @Test
    void saveAndLoadAgainGivesTheSameImage() {
        load(base());
        images.tag("test", "test:two");
        Image before = images.get("test");
        var out = new ByteArrayOutputStream();
        images.save(List.of("test"), out);
        images.remove(before.id(), true, true, UNUSED);
        assertThat(images.list()).isEmpty();
        assertThat(images.load(new ByteArrayInputStream(out.toByteArray()), progress -> {}))
                .containsExactlyInAnyOrder("test:latest", "test:two");
        Image after = images.get("test");
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.manifestDigest()).isEqualTo(before.manifestDigest());
        assertThat(after.size()).isEqualTo(before.size());
    }

    @Test
    void importMakesOneLayer() {
        byte[] rootfs = ArchiveBuilder.tar(tar -> {
            directory(tar, "./");
            directory(tar, "./bin/");
            file(tar, "./bin/sh", "x");
        });
        String id = images.importRootfs(new ByteArrayInputStream(rootfs), commit("flat"));
        assertThat(images.get("flat").id()).isEqualTo(id);
        assertThat(images.get("flat").manifest().layers()).hasSize(1);
        assertThat(images.get("flat").size()).isEqualTo(1);
    }

    @Test
    void removingFollowsDockersRules() {
        load(base());
        Image image = images.get("test");
        String shortId = image.id().substring(7, 19);
        Images.UsageCheck running = id -> Map.of("abcdefabcdef0123", true);
        Images.UsageCheck stopped = id -> Map.of("abcdefabcdef0123", false);
        assertThatThrownBy(() -> images.remove("test", false, true, stopped))
                .hasMessage("conflict: unable to remove repository reference \"test\" (must force) - container"
                        + " abcdefabcdef is using its referenced image " + shortId);
        assertThatThrownBy(() -> images.remove(image.id(), true, true, running))
                .hasMessage("conflict: unable to delete " + shortId
                        + " (cannot be forced) - image is being used by running container abcdefabcdef");
        images.tag("test", "second/name:x");
        assertThatThrownBy(() -> images.remove(image.id(), false, true, UNUSED))
                .hasMessage("conflict: unable to delete " + shortId
                        + " (must be forced) - image is referenced in multiple repositories");
        assertThat(images.remove("second/name:x", false, true, UNUSED))
                .containsExactly(new Removal("second/name:x", null));
        assertThat(images.remove("test", true, true, running)).containsExactly(new Removal("test:latest", null));
        assertThat(images.get(image.id()).tags()).isEmpty();
        List<Removal> removed = images.remove(shortId, false, true, UNUSED);
        assertThat(removed.getFirst()).isEqualTo(new Removal(null, image.id()));
        assertThat(removed)
                .hasSize(3)
                .last()
                .isEqualTo(new Removal(null, image.config().rootfs().diffIds().getFirst()));
        assertThat(store.blobs().list()).isEmpty();
        images.awaitRemovals();
        assertThat(root.resolve("overlay")).isEmptyDirectory();
    }

    @Test
    void layersOfAForcedRemovalLastAsLongAsTheContainer() {
        load(base());
        images.snapshotter().prepare("c1", images.get("test").chainId());
        images.remove("test", true, true, id -> Map.of("c1", false));
        assertThat(images.list()).isEmpty();
        assertThat(images.snapshotter().withMounted("c1", ImageStoreTest::tree)).contains("usr/data");
        reopen();
        assertThat(images.snapshotter().withMounted("c1", ImageStoreTest::tree)).contains("usr/data");
        images.snapshotter().remove("c1");
        images.awaitRemovals();
        assertThat(root.resolve("overlay")).isEmptyDirectory();
    }
}
