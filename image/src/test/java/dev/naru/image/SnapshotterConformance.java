package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Snapshotter.Change;
import dev.naru.oci.Mount;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every snapshotter must do with containers. */
abstract class SnapshotterConformance extends LayerConformance {
    @Test
    void snapshotsAreWritableAndApart() {
        prepare("one");
        prepare("two");
        in("one", path -> Files.writeString(path.resolve("etc/passwd"), "mine"));
        in("one", path -> assertThat(path.resolve("etc/passwd")).hasContent("mine"));
        in("two", path -> assertThat(path.resolve("etc/passwd")).hasContent("root"));
        assertThat(snapshots().usage("one")).isEqualTo(4);
        assertThat(snapshots().usage("two")).isZero();
    }

    @Test
    void snapshotsSurviveTheEngine() {
        prepare("one");
        in("one", path -> Files.createFile(path.resolve("new")));
        reopen();
        assertThat(snapshots().keys()).containsExactly("one");
        assertThat(snapshots().exists("one")).isTrue();
        in("one", path -> assertThat(path.resolve("new")).exists());
    }

    @Test
    void aKeyIsUsedOnceAndFreeAgainAfterwards() {
        prepare("one");
        assertThatThrownBy(() -> prepare("one")).isInstanceOfSatisfying(NaruException.class, e -> assertThat(e.kind())
                .isEqualTo(ErrorKind.CONFLICT));
        in("one", path -> Files.createFile(path.resolve("new")));
        snapshots().remove("one");
        snapshots().remove("one");
        assertThat(snapshots().exists("one")).isFalse();
        prepare("one");
        in("one", path -> assertThat(path.resolve("new")).doesNotExist());
        assertThatThrownBy(() -> snapshots().prepare("../x", "")).isInstanceOf(NaruException.class);
        assertThatThrownBy(() -> snapshots().mounts("none", false))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND));
    }

    @Test
    void anImageWithoutLayersHasAnEmptyRoot() {
        snapshots().prepare("empty", "");
        in("empty", path -> {
            assertThat(path.resolve("proc")).isDirectory();
            Files.writeString(path.resolve("file"), "x");
        });
        assertThat(snapshots().changes("empty")).containsExactly(new Change(Change.Kind.ADDED, "/file"));
    }

    @Test
    void theFirstMountIsTheRoot() {
        prepare("one");
        List<Mount> mounts = snapshots().mounts("one", true);
        assertThat(mounts.getFirst().destination()).isEqualTo("/");
        assertThat(snapshots().describe("one")).isNotEmpty();
    }

    @Test
    void aDiffIsALayerOfTheChanges() {
        prepare("one");
        in("one", path -> {
            Files.delete(path.resolve("etc/passwd"));
            Files.createDirectories(path.resolve("deep/er"));
            Files.writeString(path.resolve("deep/er/file"), "content");
            Files.createLink(path.resolve("deep/link"), path.resolve("deep/er/file"));
        });
        var out = new ByteArrayOutputStream();
        snapshots().diff("one", out);
        var entries = new ArrayList<String>();
        try (var tar = new TarReader(Channels.newChannel(new ByteArrayInputStream(out.toByteArray())))) {
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                entries.add(entry.name() + (entry.link().isEmpty() ? "" : " -> " + entry.link()));
            }
        }
        assertThat(entries)
                .containsExactly(
                        "deep/", "deep/er/", "deep/er/file", "deep/link -> deep/er/file", "etc/", "etc/.wh.passwd");
    }

    @Test
    void nothingIsVisibleOnTheHost() throws IOException {
        prepare("one");
        String before = Files.readString(Path.of("/proc/self/mounts"));
        in("one", path -> assertThat(Files.readString(Path.of("/proc/self/mounts")))
                .isEqualTo(before));
    }

    @Test
    void aVolatileMountsMarkDoesNotForbidTheNextOne() throws IOException {
        prepare("one");
        Path mark = root.resolve("snapshots/one/work/work/incompat/volatile");
        Files.createDirectories(mark);
        snapshots().mounts("one", true);
        assertThat(mark).doesNotExist();
    }

    @Test
    void a125LayerImageFitsInOneMount() {
        var archive = new ArchiveBuilder().tag("tall");
        for (int i = 0; i < 125; i++) {
            String name = "file" + i;
            archive.layer(tar -> ArchiveBuilder.file(tar, name, name));
        }
        images.load(new ByteArrayInputStream(archive.build()), progress -> {});
        snapshots().prepare("one", images.get("tall").chainId());
        // The usual data root and a container's id; this test's own root is longer.
        String options =
                String.join(",", snapshots().mounts("one", true).getFirst().options());
        assertThat(options.replace(root.toString(), "/var/lib/naru").replace("/one/", "/" + "f".repeat(64) + "/"))
                .hasSizeLessThan(4096);
        in("one", path -> {
            for (int i = 0; i < 125; i++) {
                assertThat(path.resolve("file" + i)).hasContent("file" + i);
            }
        });
    }

    @Test
    void anImageIsRemovedWhileItIsMounted() {
        prepare("one");
        in("one", path -> {
            images.remove("test", true, true, id -> java.util.Map.of());
            assertThat(path.resolve("etc/passwd")).hasContent("root");
        });
        snapshots().remove("one");
        images.awaitRemovals();
        assertThat(images.check(false)).isEmpty();
        assertThat(images.layersSize()).isZero();
        try (var left = Files.list(root.resolve("overlay"))) {
            assertThat(left.map(each -> each.getFileName().toString()).filter(name -> !name.equals("-i")))
                    .isEmpty();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void engineLeavesNoMountWhenItCloses() throws IOException {
        prepare("one");
        in("one", path -> assertThat(path.resolve("bin/sh")).exists());
        images.close();
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(root.toString());
        images = ImageStore.open(store, driver(), UnpackLimits.DEFAULT);
        in("one", path -> assertThat(path.resolve("bin/sh")).exists());
    }
}
