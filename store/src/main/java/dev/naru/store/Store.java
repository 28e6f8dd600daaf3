package dev.naru.store;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.Syscall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** What an engine keeps on disk: the metadata database and the blobs, for one engine at a time. */
public final class Store implements AutoCloseable {
    private static final int LOCK_EX_NB = 2 | 4;

    private final Path dataRoot;
    private final Descriptor lock;
    private final SqliteDatabase database;
    private final Blobs blobs;
    private final Leases leases = new Leases();
    private final Collector collector = new Collector(leases);

    private Store(Path dataRoot, Descriptor lock) {
        this.dataRoot = dataRoot;
        this.lock = lock;
        this.database = new SqliteDatabase(dataRoot.resolve("naru.db"));
        this.blobs = new Blobs(dataRoot.resolve("content"));
    }

    /**
     * Opens the store, making it when it does not exist. Recovers from whatever death the last engine died.
     *
     * @throws NaruException CONFLICT when another engine uses the directory, UNAVAILABLE when the disk is full
     */
    public static Store open(Path dataRoot) {
        requireNonNull(dataRoot, "dataRoot");
        Path absolute = dataRoot.toAbsolutePath();
        try {
            Files.createDirectories(
                    absolute, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x---")));
        } catch (IOException failure) {
            throw StoreFailure.of("cannot open the data root " + absolute, failure);
        }
        Descriptor lock =
                Descriptor.open(absolute.resolve("lock").toString(), Descriptor.O_RDWR | Descriptor.O_CREAT, 0600);
        try {
            long result = Syscall.FLOCK.raw(lock.number(), LOCK_EX_NB, 0);
            if (result == -Errno.EAGAIN) {
                throw new NaruException(
                        ErrorKind.CONFLICT,
                        "cannot open the data root " + absolute,
                        "another engine uses it",
                        "stop that engine or choose another --data-root");
            }
            return new Store(absolute, lock);
        } catch (RuntimeException failure) {
            lock.close();
            throw failure;
        }
    }

    public Path dataRoot() {
        return dataRoot;
    }

    public Database database() {
        return database;
    }

    public Blobs blobs() {
        return blobs;
    }

    public Leases leases() {
        return leases;
    }

    /** Removes partial downloads that no running operation needs; answers the bytes that come back. */
    public long discardPartial() {
        return blobs.discardPartial(leases);
    }

    /** Checks the database file itself; each finding is a defect that needs a backup. */
    public List<Finding> check() {
        return database.integrity().stream()
                .map(problem -> new Finding("database " + dataRoot.resolve("naru.db"), problem, false))
                .toList();
    }

    public Collector collector() {
        return collector;
    }

    @Override
    public void close() {
        database.close();
        lock.close();
    }
}
