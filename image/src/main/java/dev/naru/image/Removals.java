package dev.naru.image;

import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileTree;
import dev.naru.linux.LinuxException;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Removes trees in the background. What it has not come to when the process ends is found as an orphan at the next
 * start.
 */
final class Removals implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.image");

    private final ThreadPoolExecutor thread;

    Removals() {
        thread = new ThreadPoolExecutor(
                1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> Thread.ofPlatform()
                        .name("naru-remove")
                        .daemon()
                        .unstarted(task));
        thread.allowCoreThreadTimeOut(true);
    }

    void remove(Path parent, String name) {
        thread.execute(() -> {
            try (var calls = new FileCalls();
                    var directory =
                            Descriptor.open(parent.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                FileTree.remove(calls, directory.number(), FileCalls.bytes(name));
            } catch (LinuxException failure) {
                LOG.log(System.Logger.Level.WARNING, "cannot remove " + parent.resolve(name), failure);
            }
        });
    }

    /** Waits until everything asked for so far is gone. */
    void await() {
        var done = new java.util.concurrent.CountDownLatch(1);
        thread.execute(done::countDown);
        try {
            done.await();
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
