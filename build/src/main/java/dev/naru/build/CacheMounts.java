package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileTree;
import dev.naru.linux.LinuxException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Directories that outlive builds, for {@code RUN --mount=type=cache}: each is found again by its id. */
final class CacheMounts {
    private static final String ID = "id";
    private static final String DATA = "data";
    private static final int ALONE = -1;

    private final Path root;
    private final Map<String, Integer> users = new HashMap<>();

    CacheMounts(Path dataRoot) {
        this.root = dataRoot.resolve("build/mounts");
        try {
            Files.createDirectories(root);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot open " + root, failure);
        }
    }

    /** A directory in use; closing it lets others have it. */
    final class Held implements AutoCloseable {
        private final String name;

        private Held(String name) {
            this.name = name;
        }

        Path path() {
            return root.resolve(name).resolve(DATA);
        }

        @Override
        public void close() {
            release(name);
        }
    }

    /** What is kept. */
    record Kept(String name, String id, long size, Instant lastUsed, boolean used) {}

    /**
     * Takes a cache.
     *
     * @param base what it begins with, a part of what it is
     * @param begin fills a new one
     */
    Held take(BuildMount.Cache cache, String base, Filling begin) throws InterruptedException {
        String key = key(cache, base);
        String name = claim(key, cache.sharing());
        try {
            Path directory = root.resolve(name);
            if (!Files.exists(directory.resolve(ID))) {
                Files.createDirectories(directory.resolve(DATA));
                begin.fill(directory.resolve(DATA));
                Files.writeString(directory.resolve(ID), cache.id());
            }
            Files.setLastModifiedTime(directory.resolve(ID), FileTime.from(Instant.now()));
            return new Held(name);
        } catch (IOException failure) {
            release(name);
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot open cache \"" + cache.id() + "\"", failure);
        } catch (RuntimeException failure) {
            release(name);
            throw failure;
        }
    }

    /** What a cache is. */
    static String key(BuildMount.Cache cache, String base) {
        return new KeyWriter().add(cache.id()).add(base).add(cache.selector()).key();
    }

    /** The cache of a key, for nobody else until it is closed; empty when there is none or somebody uses it. */
    synchronized Optional<Held> alone(String key) {
        if (users.containsKey(key) || !Files.exists(root.resolve(key).resolve(ID))) {
            return Optional.empty();
        }
        users.put(key, ALONE);
        return Optional.of(new Held(key));
    }

    /** Fills the directory of a new cache. */
    interface Filling {
        void fill(Path directory) throws InterruptedException;
    }

    private synchronized String claim(String key, BuildMount.Sharing sharing) throws InterruptedException {
        String name = key;
        switch (sharing) {
            case SHARED -> {
                // However many use it, unless it is being copied.
                while (users.getOrDefault(name, 0) == ALONE) {
                    wait();
                }
            }
            case PRIVATE -> {
                for (int i = 1; users.containsKey(name); i++) {
                    name = key + "-" + i;
                }
            }
            case LOCKED -> {
                while (users.containsKey(name)) {
                    wait();
                }
            }
        }
        users.merge(name, 1, Integer::sum);
        return name;
    }

    private synchronized void release(String name) {
        users.computeIfPresent(name, (same, count) -> count <= 1 ? null : Integer.valueOf(count - 1));
        notifyAll();
    }

    private synchronized boolean isUsed(String name) {
        return users.containsKey(name);
    }

    /** All of them. Their sizes are found without holding up who takes one; what goes meanwhile is left out. */
    List<Kept> all() {
        var all = new ArrayList<Kept>();
        try (var calls = new FileCalls();
                DirectoryStream<Path> directories = Files.newDirectoryStream(root)) {
            for (Path each : directories) {
                Path id = each.resolve(ID);
                if (!Files.exists(id)) {
                    continue;
                }
                kept(calls, each, id).ifPresent(all::add);
            }
        } catch (IOException | LinuxException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot look at " + root, failure);
        }
        return all;
    }

    private Optional<Kept> kept(FileCalls calls, Path directory, Path id) {
        String name = String.valueOf(directory.getFileName());
        try (var all = Descriptor.open(directory.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            return Optional.of(new Kept(
                    name,
                    Files.readString(id),
                    FileTree.allocated(calls, all.number()),
                    Files.getLastModifiedTime(id).toInstant(),
                    isUsed(name)));
        } catch (IOException | LinuxException changing) {
            if (Files.exists(id) && !isUsed(name)) {
                throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot look at " + directory, changing);
            }
            return Optional.empty();
        }
    }

    /** Removes one unless it is in use; whether it is gone. */
    synchronized boolean remove(String name) {
        if (users.containsKey(name)) {
            return false;
        }
        try (var calls = new FileCalls();
                var directory = Descriptor.open(root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            // Without its name it is none any more, should this be cut short.
            calls.unlink(directory.number(), name + "/" + ID);
            FileTree.remove(calls, directory.number(), name);
            return true;
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot remove a cache", failure);
        }
    }
}
