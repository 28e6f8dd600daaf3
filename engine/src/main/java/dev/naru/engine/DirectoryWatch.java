package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells when something in a directory changes. One kernel queue (inotify) and one thread serve all who watch, and
 * nothing at all is there before the first of them.
 */
final class DirectoryWatch implements AutoCloseable {
    private final List<WatchEvent.Kind<Path>> kinds;
    private final Map<Path, Watched> directories = new HashMap<>();
    private @Nullable WatchService service;

    /** Watches names and contents. */
    DirectoryWatch() {
        this(List.of(
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE));
    }

    private DirectoryWatch(List<WatchEvent.Kind<Path>> kinds) {
        this.kinds = kinds;
    }

    /** Watches new names only, so that writing to what is there costs nothing. */
    static DirectoryWatch ofNames() {
        return new DirectoryWatch(List.of(StandardWatchEventKinds.ENTRY_CREATE));
    }

    /**
     * Calls back, on a thread that must not be held up, after each change until the registration is closed.
     *
     * @throws NaruException UNAVAILABLE when the kernel's limit of watches is reached
     */
    Registration watch(Path directory, Runnable changed) {
        synchronized (directories) {
            Watched watched = directories.computeIfAbsent(directory, this::register);
            watched.callbacks.add(changed);
            return () -> unregister(directory, watched, changed);
        }
    }

    private Watched register(Path directory) {
        try {
            WatchService watcher = service;
            if (watcher == null) {
                watcher = directory.getFileSystem().newWatchService();
                service = watcher;
                WatchService started = watcher;
                Thread.ofVirtual().name("naru-directory-watch").start(() -> dispatch(started));
            }
            return new Watched(directory.register(watcher, kinds.toArray(WatchEvent.Kind<?>[]::new)));
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot watch " + directory, e);
        }
    }

    private void unregister(Path directory, Watched watched, Runnable callback) {
        synchronized (directories) {
            watched.callbacks.remove(callback);
            if (watched.callbacks.isEmpty() && directories.remove(directory, watched)) {
                watched.key.cancel();
            }
        }
    }

    private void dispatch(WatchService watcher) {
        try {
            while (true) {
                WatchKey key = watcher.take();
                key.pollEvents();
                key.reset();
                callbacks(key).forEach(Runnable::run);
            }
        } catch (ClosedWatchServiceException | InterruptedException e) {
            // The engine closes.
        }
    }

    private List<Runnable> callbacks(WatchKey key) {
        synchronized (directories) {
            return key.watchable() instanceof Path directory && directories.containsKey(directory)
                    ? List.copyOf(directories.get(directory).callbacks)
                    : List.of();
        }
    }

    @Override
    public void close() {
        synchronized (directories) {
            directories.clear();
            if (service != null) {
                try {
                    service.close();
                } catch (IOException e) {
                    throw NaruException.because(ErrorKind.INTERNAL, "cannot close the directory watch", e);
                }
                service = null;
            }
        }
    }

    /** Ends a watch. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    private static final class Watched {
        private final WatchKey key;
        private final List<Runnable> callbacks = new ArrayList<>();

        private Watched(WatchKey key) {
            this.key = key;
        }
    }
}
