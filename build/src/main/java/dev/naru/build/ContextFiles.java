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
import java.util.NavigableMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Contents of files of contexts by digest, so that a file that was sent before is not written again. A file is there in
 * whole or not at all. None of it is precious: what is missing is sent again.
 */
public final class ContextFiles {
    private static final String BESIDE = ".new-";
    /** A use is noted at most so often, so that a context of many known files costs no writes. */
    private static final long NOTED_AFTER_SECONDS = 3600;

    private final Path root;
    private final RecentTrees recent = new RecentTrees();
    private final AtomicLong removals = new AtomicLong();

    /**
     * When contents were looked for.
     *
     * @param removals how many contents had been removed until then
     * @param time of {@link System#nanoTime}
     */
    public record Moment(long removals, long time) {}

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
        return new ContextWriter(this);
    }

    /** Trees that clients sent last. */
    public RecentTrees recent() {
        return recent;
    }

    /** This moment; to be taken before the first content is looked for. */
    public Moment moment() {
        return new Moment(removals.get(), System.nanoTime());
    }

    /** Whether what was here at a moment is here still, and its use need not be noted again. */
    boolean isNow(Moment moment) {
        return moment.removals() == removals.get()
                && System.nanoTime() - moment.time() < TimeUnit.SECONDS.toNanos(NOTED_AFTER_SECONDS);
    }

    /**
     * A tree of contents that are here; paths are byte strings relative to its root, directories are entries too.
     *
     * @param checked when it was made sure that they are here
     */
    public ContextTree tree(NavigableMap<String, ContextTree.Entry> entries, Moment checked) {
        return new ContextTree(this, entries, checked);
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

    /** Whether a content is here, which counts as a use of it; a path may stand for the digest. */
    boolean has(FileCalls calls, int directory, String digest) {
        FileStatus status = calls.status(directory, digest).orElse(null);
        if (status == null) {
            return false;
        }
        if (isStale(status)) {
            note(calls, directory, digest);
        }
        return true;
    }

    /** What a layer has too is of its time, and is in use as long as the layer is. */
    private static boolean isStale(FileStatus status) {
        return status.links() == 1 && Instant.now().getEpochSecond() - status.modified() > NOTED_AFTER_SECONDS;
    }

    private synchronized void note(FileCalls calls, int directory, String digest) {
        if (calls.status(directory, digest).filter(ContextFiles::isStale).isPresent()) {
            calls.setTime(directory, digest, Instant.now().getEpochSecond(), 0);
        }
    }

    /**
     * Makes a content a layer's file as well, with the layer's description; it is not written again.
     *
     * @param key what it is in the layer, without extended attributes
     * @param to a directory, which the layer's files come from
     * @return false when it cannot be: another layer has it, or it is not what the client said
     */
    synchronized boolean lend(FileCalls calls, SharedFiles.Key key, int to, String name) {
        try (var directory = Descriptor.open(root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            boolean free = calls.status(directory.number(), key.content())
                    .filter(status -> status.isRegular() && status.links() == 1 && status.size() == key.size())
                    .isPresent();
            if (!free || calls.link(directory.number(), key.content(), to, name) != 0) {
                return false;
            }
            calls.chown(to, name, key.uid(), key.gid());
            calls.chmod(to, name, key.permissions());
            calls.setTime(to, name, key.seconds(), key.nanos());
            return true;
        }
    }

    /**
     * A content that is here.
     *
     * @param size in bytes of the disk; nothing for what a layer has too, which is always in use
     */
    record Content(String digest, long size, Instant lastUsed) {}

    /** All, the least recently used first. */
    List<Content> all() {
        var all = new ArrayList<Content>();
        Instant now = Instant.now();
        try (var calls = new FileCalls();
                var directory = Descriptor.open(root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            for (String name : calls.list(directory.number())) {
                calls.status(directory.number(), name)
                        .ifPresent(status -> all.add(new Content(
                                name,
                                status.links() > 1 ? 0 : status.blocks() * 512,
                                status.links() > 1 ? now : Instant.ofEpochSecond(status.modified(), status.nanos()))));
            }
        }
        all.sort(Comparator.comparing(Content::lastUsed));
        return all;
    }

    void delete(String digest) {
        removals.incrementAndGet();
        try {
            Files.deleteIfExists(root.resolve(digest));
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot remove a file of a context", failure);
        }
    }
}
