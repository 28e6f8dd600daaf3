package dev.naru.image;

import dev.naru.store.Store;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Images in a store of the test's own. */
abstract class ImageStoreFixture {
    /** For files of the test. */
    @TempDir
    Path directory;

    /** The store's. */
    Path root;

    Store store;
    ImageStore images;

    @BeforeEach
    final void open() {
        root = directory.resolve("data");
        store = Store.open(root);
        images = ImageStore.open(store);
    }

    @AfterEach
    final void close() {
        images.awaitRemovals();
        images.close();
        store.close();
    }

    final void reopen() {
        close();
        open();
    }

    final List<String> load(byte[] archive) {
        return images.load(new ByteArrayInputStream(archive), progress -> {});
    }
}
