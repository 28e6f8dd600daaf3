package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.linux.LinuxException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Contents of files of contexts by digest, so that a file that was sent before is not written again. A file is there in
 * whole or not at all. None of it is precious: what is missing is sent again.
 */
public final class ContextFiles {
    private static final String BESIDE = ".new-";
    /** A use is noted at most so often, so that a context of many known files costs no writes. */
    private static final long NOTED_AFTER_SECONDS = 3600;

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

    /** The same for one who asks for many; a path may stand for the digest. */
    static boolean has(FileCalls calls, int directory, String digest) {
        FileStatus status = calls.status(directory, digest).orElse(null);
        if (status == null) {
            return false;
        }
        long now = Instant.now().getEpochSecond();
        if (now - status.modified() > NOTED_AFTER_SECONDS) {
            calls.setTime(directory, digest, now, 0);
        }
        return true;
    }

    /**
     * A content that is here.
     *
     * @param size in bytes of the disk
     */
    record Content(String digest, long size, Instant lastUsed) {}

    /** All, the least recently used first. */
    List<Content> all() {
        var all = new ArrayList<Content>();
        try (var calls = new FileCalls();
                var directory = Descriptor.open(root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            for (String name : calls.list(directory.number())) {
                calls.status(directory.number(), name)
                        .ifPresent(status -> all.add(new Content(
                                name,
                                status.blocks() * 512,
                                Instant.ofEpochSecond(status.modified(), status.nanos()))));
            }
        }
        all.sort(Comparator.comparing(Content::lastUsed));
        return all;
    }

    void delete(String digest) {
        try {
            Files.deleteIfExists(root.resolve(digest));
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot remove a file of a context", failure);
        }
    }
}
