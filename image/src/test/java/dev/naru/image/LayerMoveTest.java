package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import dev.naru.store.Store;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerMoveTest {
    @TempDir
    Path root;

    private interface Work {
        void run(ImageStore images) throws IOException;
    }

    private void with(String driver, Work work) throws IOException {
        try (Store store = Store.open(root);
                ImageStore images = ImageStore.open(store, driver, UnpackLimits.DEFAULT)) {
            work.run(images);
            images.awaitRemovals();
            assertThat(images.check(false)).isEmpty();
        }
    }

    private static void shows(ImageStore images, String key) {
        List<String> seen = images.snapshotter()
                .withMounted(
                        key,
                        path -> List.of(
                                String.valueOf(Files.exists(path.resolve("bin/sh"))),
                                String.valueOf(Files.exists(path.resolve("bin/ls"))),
                                String.valueOf(Files.exists(path.resolve("usr/data")))));
        assertThat(seen).containsExactly("true", "false", "true");
    }

    private long imageFiles() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("overlay"))) {
            return files.filter(each -> each.toString().endsWith(LayerMounts.SUFFIX))
                    .count();
        }
    }

    @Test
    void anImageMovesBetweenTheDriversWithItsNextContainer() throws IOException {
        with("overlay2", images -> {
            images.load(new ByteArrayInputStream(ImageStoreTest.base().build()), progress -> {});
            assertThat(images.snapshotter().name()).isEqualTo("overlay2");
        });
        assertThat(imageFiles()).isZero();
        with("erofs", images -> {
            assertThat(images.snapshotter().name()).isEqualTo("erofs");
            images.snapshotter().prepare("one", images.get("test").chainId());
            shows(images, "one");
            images.snapshotter().remove("one");
        });
        assertThat(imageFiles()).isEqualTo(2);
        with("overlay", images -> {
            images.snapshotter().prepare("two", images.get("test").chainId());
            shows(images, "two");
        });
        assertThat(imageFiles()).isZero();
    }

    @Test
    void layersOfAContainerStayWhatTheyAre() throws IOException {
        with("overlay2", images -> {
            images.load(new ByteArrayInputStream(ImageStoreTest.base().build()), progress -> {});
            images.snapshotter().prepare("old", images.get("test").chainId());
        });
        with("erofs", images -> {
            images.snapshotter().prepare("new", images.get("test").chainId());
            shows(images, "new");
            shows(images, "old");
            images.snapshotter().remove("new");
            images.snapshotter().remove("old");
        });
        assertThat(imageFiles()).isZero();
        with("erofs", images -> {
            images.snapshotter().prepare("new", images.get("test").chainId());
            shows(images, "new");
            images.snapshotter().remove("new");
            images.remove("test", true, true, id -> Map.of());
        });
        assertThat(imageFiles()).isZero();
    }

    @Test
    void otherDriversAreRefused() {
        assertThatThrownBy(() -> with("btrfs", images -> {}))
                .isInstanceOf(NaruException.class)
                .hasMessageContaining("unknown storage driver \"btrfs\"")
                .hasMessageContaining("use overlay2 or erofs");
    }
}
