package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.store.Store;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlaySnapshotterTest extends SnapshotterConformance {
    @TempDir
    Path root;

    private Store store;
    private ImageStore images;

    @BeforeEach
    void open() {
        store = Store.open(root);
        images = ImageStore.open(store);
        images.load(new ByteArrayInputStream(ImageStoreTest.base().build()), progress -> {});
    }

    @AfterEach
    void close() {
        images.awaitRemovals();
        images.close();
        store.close();
    }

    @Override
    Images images() {
        return images;
    }

    @Override
    void reopen() {
        close();
        store = Store.open(root);
        images = ImageStore.open(store);
    }

    @Test
    void a125LayerImageFitsInOneMount() {
        var archive = new ArchiveBuilder().tag("tall");
        for (int i = 0; i < 125; i++) {
            String name = "file" + i;
            archive.layer(tar -> ArchiveBuilder.file(tar, name, name));
        }
        images.load(new ByteArrayInputStream(archive.build()), progress -> {});
        images.snapshotter().prepare("one", images.get("tall").chainId());
        // The usual data root and a container's id; this test's own root is longer.
        String options = String.join(
                ",", images.snapshotter().mounts("one", true).getFirst().options());
        assertThat(options.replace(root.toString(), "/var/lib/naru").replace("/one/", "/" + "f".repeat(64) + "/"))
                .hasSizeLessThan(4096);
        boolean all = images.snapshotter().withMounted("one", path -> {
            boolean each = true;
            for (int i = 0; i < 125; i++) {
                each &= Files.exists(path.resolve("file" + i));
            }
            return each;
        });
        assertThat(all).isTrue();
    }

    @Test
    void aVolatileMountsMarkDoesNotForbidTheNextOne() throws Exception {
        images.snapshotter().prepare("one", images.get("test").chainId());
        Path mark = root.resolve("snapshots/one/work/work/incompat/volatile");
        Files.createDirectories(mark);
        images.snapshotter().mounts("one", true);
        assertThat(mark).doesNotExist();
    }
}
