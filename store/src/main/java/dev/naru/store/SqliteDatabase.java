package dev.naru.store;

import dev.naru.linux.Descriptor;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Syscall;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The database in one SQLite file with a write-ahead log.
 *
 * <p>Writers queue on a lock. One that finds others waiting leaves its transaction open for the next, so that a crowd
 * shares one sync; each returns only when the sync is done. A savepoint undoes the one whose work throws.
 */
final class SqliteDatabase implements Database {
    private static final System.Logger LOG = System.getLogger("naru.store");
    private static final int READERS = 3;
    private static final int LARGEST_BATCH = 64;

    private final Path file;
    private final SqliteConnection writer;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final Semaphore readerPermits = new Semaphore(READERS);
    private final Deque<SqliteConnection> readers = new ArrayDeque<>();
    private @Nullable WriteBatch batch;
    private @Nullable Descriptor log;
    private boolean closed;

    SqliteDatabase(Path file) {
        this.file = file;
        try {
            this.writer = SqliteConnection.open(file, true);
        } catch (SQLException failure) {
            throw StoreFailure.of("cannot open the database " + file, failure);
        }
    }

    @Override
    public <T> T write(Function<Transaction, T> work) {
        return write(work, true);
    }

    @Override
    public <T> T record(Function<Transaction, T> work) {
        return write(work, false);
    }

    private <T> T write(Function<Transaction, T> work, boolean durable) {
        if (turn.isHeldByCurrentThread()) {
            throw new IllegalStateException("a transaction within a transaction");
        }
        WriteBatch mine;
        T result;
        turn.lock();
        try {
            mine = join();
            try {
                result = run(mine, work);
                if (durable) {
                    mine.makeDurable();
                }
            } finally {
                if (!turn.hasQueuedThreads() || mine.size() >= LARGEST_BATCH) {
                    commit(mine);
                }
            }
        } finally {
            turn.unlock();
        }
        mine.await();
        return result;
    }

    private WriteBatch join() {
        if (closed) {
            throw new IllegalStateException("the database is closed");
        }
        WriteBatch current = batch;
        if (current == null) {
            execute("BEGIN IMMEDIATE");
            current = new WriteBatch();
            batch = current;
        }
        return current;
    }

    private <T> T run(WriteBatch mine, Function<Transaction, T> work) {
        execute("SAVEPOINT one");
        var transaction = new SqliteTransaction(writer, true);
        try {
            T result = work.apply(transaction);
            execute("RELEASE one");
            mine.add();
            return result;
        } catch (RuntimeException | Error failure) {
            undo(mine, failure);
            throw failure;
        } finally {
            transaction.end();
        }
    }

    private void undo(WriteBatch mine, Throwable cause) {
        try {
            writer.execute("ROLLBACK TO one");
            writer.execute("RELEASE one");
        } catch (SQLException gone) {
            // A full disk makes SQLite roll back the whole transaction by itself, the others' parts with it.
            cause.addSuppressed(gone);
            mine.fail(reason(cause, gone));
        }
    }

    private void commit(WriteBatch mine) {
        batch = null;
        if (mine.failed()) {
            rollBack();
            return;
        }
        try {
            writer.execute("COMMIT");
        } catch (SQLException failure) {
            mine.fail(failure);
            rollBack();
            return;
        }
        try {
            if (mine.isDurable()) {
                sync();
            }
            mine.succeed();
        } catch (LinuxException failure) {
            mine.fail(new SQLException("cannot sync the log of " + file, failure));
        }
    }

    /** The log is one file as long as the database is open. What is in it is in order, so this takes all commits before. */
    private void sync() {
        Descriptor open = log;
        if (open == null) {
            open = Descriptor.open(file + "-wal", Descriptor.O_RDONLY, 0);
            log = open;
        }
        Syscall.FDATASYNC.call(file + "-wal", open.number());
    }

    /** SQLite may have done it by itself. */
    private void rollBack() {
        try {
            writer.execute("ROLLBACK");
        } catch (SQLException alreadyRolledBack) {
            LOG.log(System.Logger.Level.DEBUG, "the transaction is rolled back already", alreadyRolledBack);
        }
    }

    /** What made a transaction fail, which the others in it are told too. */
    private static SQLException reason(Throwable cause, SQLException otherwise) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof SQLException known) {
                return known;
            }
        }
        return otherwise;
    }

    private void execute(String sql) {
        try {
            writer.execute(sql);
        } catch (SQLException failure) {
            throw StoreFailure.of("cannot write the metadata", failure);
        }
    }

    @Override
    public <T> T read(Function<Transaction, T> work) {
        readerPermits.acquireUninterruptibly();
        try {
            SqliteConnection connection = reader();
            try {
                return read(connection, work);
            } finally {
                synchronized (readers) {
                    readers.push(connection);
                }
            }
        } catch (SQLException failure) {
            throw StoreFailure.of("cannot read the metadata", failure);
        } finally {
            readerPermits.release();
        }
    }

    private static <T> T read(SqliteConnection connection, Function<Transaction, T> work) throws SQLException {
        connection.execute("BEGIN");
        var transaction = new SqliteTransaction(connection, false);
        try {
            return work.apply(transaction);
        } finally {
            transaction.end();
            connection.execute("COMMIT");
        }
    }

    /** What SQLite finds wrong with the file. */
    List<String> integrity() {
        return read(transaction -> ((SqliteTransaction) transaction).integrity());
    }

    private SqliteConnection reader() throws SQLException {
        synchronized (readers) {
            SqliteConnection idle = readers.poll();
            if (idle != null) {
                return idle;
            }
        }
        return SqliteConnection.open(file, false);
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            readerPermits.acquireUninterruptibly(READERS);
            readers.forEach(SqliteConnection::close);
            writer.close();
            if (log != null) {
                log.close();
            }
        } finally {
            turn.unlock();
        }
    }
}
