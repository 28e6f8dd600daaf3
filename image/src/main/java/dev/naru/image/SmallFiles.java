package dev.naru.image;

import java.lang.foreign.Arena;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * The contents of an archive's small files: half of what a small file costs is its name, half its content. So a thread of
 * its own writes them, a batch at a time, while the next files are made.
 */
final class SmallFiles implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final FileBatch.Description description;
    private @Nullable FileBatch filling;
    private @Nullable FileBatch other;
    private @Nullable FutureTask<Boolean> writing;

    SmallFiles(FileBatch.Description description) {
        this.description = description;
    }

    /**
     * Takes a new file over, with its content.
     *
     * @param descriptor open for writing; it is closed in any case
     * @throws FileBatch.Failed when this or an earlier one cannot be written
     */
    void add(int descriptor, TarEntry entry, TarReader tar) {
        FileBatch batch = filling == null ? new FileBatch(arena) : filling;
        filling = batch;
        batch.add(descriptor, entry, tar);
        if (!batch.hasRoom()) {
            await();
            filling = other;
            other = batch;
            var task = new FutureTask<>(() -> batch.write(description), true);
            writing = task;
            // It is in system calls all the time, for which a virtual thread would hold its carrier.
            Thread.ofPlatform().daemon().name("naru-files").start(task);
        }
    }

    /**
     * Writes what is left; all files are whole when this returns.
     *
     * @throws FileBatch.Failed when one cannot be written
     */
    void finish() {
        try {
            await();
        } finally {
            if (filling != null) {
                filling.write(description);
            }
        }
    }

    private void await() {
        FutureTask<Boolean> task = writing;
        writing = null;
        boolean interrupted = false;
        while (task != null) {
            try {
                task.get();
                task = null;
            } catch (InterruptedException later) {
                // The other thread uses memory and descriptors of this one.
                interrupted = true;
            } catch (ExecutionException failure) {
                throw failure.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(failure);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what came before an archive's end that was not to be expected. */
    @Override
    public void close() {
        try {
            finish();
        } catch (FileBatch.Failed again) {
            // The extraction has failed already, which its caller was told.
        } finally {
            arena.close();
        }
    }
}
