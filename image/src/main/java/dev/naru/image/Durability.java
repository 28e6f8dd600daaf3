package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Puts new images and layers on the disk behind their loading. Until that is done their documents carry the boot id:
 * whoever opens the store after the machine died knows what to check, and a process's death needs no check at all. So a
 * load waits neither for its own hundreds of megabytes nor for those that others have written to the file system.
 */
final class Durability implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.image");

    private final Store store;
    private final LayerStore layers;
    private final BiConsumer<List<StoredImage>, List<StoredLayer>> done;
    private final ThreadPoolExecutor thread;

    /**
     * Prepares the work.
     *
     * @param done is told what is safe now
     */
    Durability(Store store, LayerStore layers, BiConsumer<List<StoredImage>, List<StoredLayer>> done) {
        this.store = store;
        this.layers = layers;
        this.done = done;
        thread = new ThreadPoolExecutor(
                1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> Thread.ofPlatform()
                        .name("naru-sync")
                        .daemon()
                        .unstarted(task));
        thread.allowCoreThreadTimeOut(true);
    }

    /** Begins to write them. */
    void add(List<StoredImage> images, List<StoredLayer> added) {
        var unsafe = images.stream().filter(each -> each.unsafeSince() != null).toList();
        if (!unsafe.isEmpty() || !added.isEmpty()) {
            thread.execute(() -> write(unsafe, added));
        }
    }

    private void write(List<StoredImage> images, List<StoredLayer> added) {
        try {
            var blobs = new ArrayList<String>();
            images.forEach(image -> blobs.addAll(ImageGarbage.blobs(image)));
            store.blobs().sync(blobs);
            if (!added.isEmpty()) {
                layers.sync();
            }
            done.accept(
                    images.stream().map(StoredImage::safe).toList(),
                    added.stream().map(StoredLayer::safe).toList());
        } catch (NaruException | IllegalStateException failure) {
            // They stay marked, so the next start looks after them.
            LOG.log(System.Logger.Level.WARNING, "cannot put new images on the disk", failure);
        }
    }

    /** Begins to write a blob that became a file; then runs the other. */
    void add(String blob, Runnable then) {
        thread.execute(() -> {
            try {
                store.blobs().sync(List.of(blob));
                then.run();
            } catch (NaruException | IllegalStateException failure) {
                LOG.log(System.Logger.Level.WARNING, "cannot put blob " + blob + " on the disk", failure);
            }
        });
    }

    /** Waits until everything added so far is on the disk. */
    void await() {
        var reached = new java.util.concurrent.CountDownLatch(1);
        thread.execute(reached::countDown);
        try {
            reached.await();
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }

    /** Finishes what was added, for a while. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException interrupt) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
