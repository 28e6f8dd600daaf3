package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.runtime.LogTarget;
import dev.naru.runtime.RunningContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Compresses rotated log files of containers that ask for it. The monitor only renames; this looks when a directory gets
 * a new name in it, and once for what was rotated while no engine ran. Nothing of it exists without such a container.
 */
final class LogCompression implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.engine");
    private static final String UNFINISHED = ".gz.new";

    private final ContainerPaths paths;
    private final DirectoryWatch watch = DirectoryWatch.ofNames();
    private final Map<Container, DirectoryWatch.Registration> watched = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<Container> due = new LinkedBlockingQueue<>();
    private @Nullable Thread worker;
    private boolean closed;

    LogCompression(ContainerPaths paths) {
        this.paths = requireNonNull(paths, "paths");
    }

    /** Begins with a container that has just been started or found. */
    void begin(Container container) {
        Path log = log(container);
        if (log == null) {
            return;
        }
        try {
            watched.computeIfAbsent(
                    container, each -> watch.watch(requireNonNull(log.getParent()), () -> enqueue(each)));
        } catch (NaruException unwatched) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "logs of container " + container.id() + " stay as they are",
                    unwatched);
        }
        enqueue(container);
    }

    /** Looks for the last time after a container's end, or for what an earlier engine left to do. */
    void end(Container container) {
        if (log(container) == null) {
            return;
        }
        DirectoryWatch.Registration registration = watched.remove(container);
        if (registration != null) {
            registration.close();
        }
        enqueue(container);
    }

    private @Nullable Path log(Container container) {
        return LogOptions.target(container.record(), paths) instanceof LogTarget.File file && file.compress()
                ? file.file()
                : null;
    }

    private synchronized void enqueue(Container container) {
        if (closed || due.contains(container)) {
            return;
        }
        due.add(container);
        if (worker == null) {
            // Compression is all work and no waiting, so it gets a thread that shares nobody's carrier.
            worker = Thread.ofPlatform().daemon().name("naru-log-compression").start(this::work);
        }
    }

    private void work() {
        while (true) {
            Container next;
            synchronized (this) {
                next = closed ? null : due.poll();
                if (next == null) {
                    worker = null;
                    return;
                }
            }
            Path log = log(next);
            try {
                if (log != null && Files.isDirectory(requireNonNull(log.getParent()))) {
                    compressAll(next, log);
                }
            } catch (NoSuchFileException removed) {
                // The container is gone, or rotation was faster and calls again.
                LOG.log(System.Logger.Level.DEBUG, "compressing logs of container {0}: {1}", next.id(), removed);
            } catch (IOException | NaruException failure) {
                boolean ended = failure instanceof NaruException known && known.kind() == ErrorKind.CONFLICT;
                if (!ended && !Thread.currentThread().isInterrupted()) {
                    LOG.log(System.Logger.Level.WARNING, "compressing logs of container " + next.id(), failure);
                }
            }
        }
    }

    private static Path named(Path log, int number, String suffix) {
        return log.resolveSibling(log.getFileName() + "." + number + suffix);
    }

    private static void compressAll(Container container, Path log) throws IOException {
        Path unfinished = log.resolveSibling(log.getFileName() + UNFINISHED);
        Files.deleteIfExists(unfinished);
        for (int number = 1; !Thread.currentThread().isInterrupted(); number++) {
            // This order: a rotation between the two looks can't make them both true of different logs.
            boolean packed = Files.exists(named(log, number, ".gz"));
            boolean plain = Files.exists(named(log, number, ""));
            if (!packed && !plain) {
                return;
            }
            if (packed && plain) {
                // A death between the two steps of a replacement; the plain one is whole in any case.
                Files.deleteIfExists(named(log, number, ".gz"));
            }
            if (plain) {
                try {
                    compress(container, log, number, unfinished);
                } finally {
                    Files.deleteIfExists(unfinished);
                }
            }
        }
    }

    private static void compress(Container container, Path log, int number, Path unfinished) throws IOException {
        Path source = named(log, number, "");
        long inode = LogArchive.inode(source);
        LogArchive.write(source, inode, unfinished);
        container.lock().lock();
        try {
            RunningContainer running = container.running();
            if (running != null && running.exit().isPresent()) {
                return; // Its end is about to be written, and then this looks again.
            }
            if (running != null) {
                // The monitor rotates, so it alone knows what the file is called now.
                running.replaceLog(unfinished, inode);
            } else if (!Thread.currentThread().isInterrupted()) {
                Files.move(unfinished, named(log, number, ".gz"), StandardCopyOption.ATOMIC_MOVE);
                Files.delete(source);
            }
        } finally {
            container.lock().unlock();
        }
    }

    @Override
    public void close() throws InterruptedException {
        Thread last;
        synchronized (this) {
            closed = true;
            last = worker;
        }
        watch.close();
        if (last != null) {
            last.interrupt();
            last.join();
        }
    }
}
