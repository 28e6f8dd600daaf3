package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Digest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is remembered of builds that have ended, in words of the door that they came through. Records survive the engine;
 * the oldest go when there are too many or they are too old, pinned ones excepted.
 */
public final class BuildRecords {
    private static final int MOST = 100;
    private static final Duration OLDEST = Duration.ofDays(30);
    private static final String ABOUT = "about";
    private static final String LOG = "log";
    private static final String PINNED = "pinned";
    private static final String BLOB = "blob-";

    private final Path root;
    private final int most;
    private final Duration oldest;

    /** @param root a directory of their own, made when it is needed */
    BuildRecords(Path root) {
        this(root, MOST, OLDEST);
    }

    BuildRecords(Path root, int most, Duration oldest) {
        this.root = requireNonNull(root, "root");
        this.most = most;
        this.oldest = requireNonNull(oldest, "oldest");
    }

    /**
     * One build.
     *
     * @param about it, as it was kept
     */
    public record Kept(byte[] about, Instant ended, boolean pinned) {}

    /**
     * Remembers a build that has ended; one of the same reference is forgotten.
     *
     * @param blobs what the record names by digest
     */
    public synchronized void keep(String reference, byte[] about, byte[] log, List<byte[]> blobs, boolean pinned) {
        try {
            Files.createDirectories(root);
            Path directory = directory(reference);
            Path made = root.resolve(directory.getFileName() + ".new");
            Directories.delete(made);
            Files.createDirectory(made);
            Files.write(made.resolve(ABOUT), about);
            Files.write(made.resolve(LOG), log);
            for (byte[] each : blobs) {
                Files.write(made.resolve(BLOB + Digest.of(each).hex()), each);
            }
            if (pinned) {
                Files.createFile(made.resolve(PINNED));
            }
            Directories.delete(directory);
            Files.move(made, directory);
            trim();
        } catch (IOException failure) {
            throw failed("keep", failure);
        }
    }

    private static NaruException failed(String what, IOException failure) {
        return NaruException.because(ErrorKind.UNAVAILABLE, "cannot " + what + " the record of a build", failure);
    }

    /** References are clients' words: no names of files. */
    private Path directory(String reference) {
        return root.resolve(Digest.of("build " + reference).hex());
    }

    private void trim() throws IOException {
        List<Path> all = new ArrayList<>(directories());
        Instant limit = Instant.now().minus(oldest);
        int over = all.size() - most;
        for (Path each : all) {
            boolean old = ended(each).isBefore(limit);
            if ((over > 0 || old) && !Files.exists(each.resolve(PINNED))) {
                Directories.delete(each);
                over--;
            }
        }
    }

    private static Instant ended(Path directory) throws IOException {
        return Files.getLastModifiedTime(directory.resolve(ABOUT)).toInstant();
    }

    /** The oldest first; what was cut short is removed. */
    private List<Path> directories() throws IOException {
        record Dated(Instant ended, Path path) {}
        Set<Dated> all = new TreeSet<>(Comparator.comparing(Dated::ended)
                .thenComparing(each -> each.path().toString()));
        if (!Files.exists(root)) {
            return List.of();
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(root)) {
            for (Path each : found) {
                if (each.toString().endsWith(".new") || !Files.exists(each.resolve(ABOUT))) {
                    Directories.delete(each);
                } else {
                    all.add(new Dated(ended(each), each));
                }
            }
        }
        return all.stream().map(Dated::path).toList();
    }

    /** All that are remembered, the oldest first. */
    public synchronized List<Kept> all() {
        try {
            List<Kept> all = new ArrayList<>();
            for (Path each : directories()) {
                all.add(read(each));
            }
            return all;
        } catch (IOException failure) {
            throw failed("read", failure);
        }
    }

    private static Kept read(Path directory) throws IOException {
        return new Kept(
                Files.readAllBytes(directory.resolve(ABOUT)),
                ended(directory),
                Files.exists(directory.resolve(PINNED)));
    }

    /** One; empty for one that is not remembered. */
    public synchronized Optional<Kept> find(String reference) {
        try {
            return Optional.of(read(directory(reference)));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException failure) {
            throw failed("read", failure);
        }
    }

    /** What a build has told; empty for one that is not remembered. */
    public synchronized Optional<byte[]> log(String reference) {
        try {
            return Optional.of(Files.readAllBytes(directory(reference).resolve(LOG)));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException failure) {
            throw failed("read", failure);
        }
    }

    /** What a record names by digest; empty for what none does. */
    public synchronized Optional<byte[]> blob(Digest digest) {
        try {
            for (Path each : directories()) {
                Path blob = each.resolve(BLOB + digest.hex());
                if (Files.exists(blob)) {
                    return Optional.of(Files.readAllBytes(blob));
                }
            }
            return Optional.empty();
        } catch (IOException failure) {
            throw failed("read", failure);
        }
    }

    /** Pins one, or lets it go in its time; whether it is remembered. */
    public synchronized boolean pin(String reference, boolean keep) {
        Path directory = directory(reference);
        try {
            if (!Files.exists(directory)) {
                return false;
            }
            Files.deleteIfExists(directory.resolve(PINNED));
            if (keep) {
                Files.createFile(directory.resolve(PINNED));
            }
            return true;
        } catch (IOException failure) {
            throw failed("pin", failure);
        }
    }

    /** Forgets one; whether it was remembered. */
    public synchronized boolean forget(String reference) {
        boolean known = Files.exists(directory(reference));
        Directories.delete(directory(reference));
        return known;
    }
}
