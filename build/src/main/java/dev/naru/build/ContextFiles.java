package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.LinuxException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Contents of files of contexts by digest, so that a file that was sent before is not written again. A file is there in
 * whole or not at all. None of it is precious: what is missing is sent again.
 */
public final class ContextFiles {
    private static final String BESIDE = ".new-";

    private final Path root;

    ContextFiles(Path dataRoot) {
        this.root = dataRoot.resolve("build/files");
        try {
            Files.createDirectories(root);
            try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(root, BESIDE + "*")) {
                for (Path each : unfinished) {
                    Files.deleteIfExists(each);
                }
            }
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot open " + root, failure);
        }
    }

    Path root() {
        return root;
    }

    /** A writer for one thread. */
    public ContextWriter writer() {
        return new ContextWriter(root);
    }

    /** A tree of contents that are here; paths are byte strings relative to its root, directories are entries too. */
    public ContextTree tree(java.util.NavigableMap<String, ContextTree.Entry> entries) {
        return new ContextTree(this, entries);
    }

    /** Whether a content is here. */
    public boolean has(String digest) {
        return Files.exists(root.resolve(digest));
    }

    static String beside() {
        return BESIDE + Long.toHexString(ThreadLocalRandom.current().nextLong());
    }

    Descriptor open(String digest) {
        try {
            return Descriptor.open(root.resolve(digest).toString(), Descriptor.O_RDONLY, 0);
        } catch (LinuxException failure) {
            throw new NaruException(
                    failure.errno() == Errno.ENOENT ? ErrorKind.NOT_FOUND : ErrorKind.UNAVAILABLE,
                    "cannot read a file of the context",
                    String.valueOf(failure.getMessage()),
                    "build again",
                    failure);
        }
    }

    byte[] read(String digest, int limit) {
        try (Descriptor file = open(digest);
                var in = Files.newInputStream(Path.of(file.path()))) {
            byte[] content = in.readNBytes(limit + 1);
            if (content.length > limit) {
                throw NaruException.invalid("a file of the context has more than " + limit + " bytes");
            }
            return content;
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot read a file of the context", failure);
        }
    }

    boolean has(FileCalls calls, int directory, String digest) {
        return calls.status(directory, digest).isPresent();
    }

    /** Names and sizes of all. */
    Map<String, Long> sizes() {
        var sizes = new HashMap<String, Long>();
        try (var calls = new FileCalls();
                var directory = Descriptor.open(root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            for (String name : calls.list(directory.number())) {
                calls.status(directory.number(), name).ifPresent(status -> sizes.put(name, status.blocks() * 512));
            }
        }
        return sizes;
    }

    void delete(String digest) {
        try {
            Files.deleteIfExists(root.resolve(digest));
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot remove a file of a context", failure);
        }
    }
}
