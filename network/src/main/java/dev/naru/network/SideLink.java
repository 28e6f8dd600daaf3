package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Leads to a process beside the engine, which is started when there is something for it to do, and again whenever it has
 * died before all is done. All but {@link #lock} is for who holds the lock, which guards what the process should know.
 */
final class SideLink {
    private static final System.Logger LOG = System.getLogger("naru.network");
    private static final long AGAIN_MILLIS = 1000;

    private final SideProcess process;
    private final String purpose;
    private final BooleanSupplier needed;
    private final Consumer<SideConnection> synchronise;
    private final byte[] endIfUnused;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable SideConnection connection;
    private boolean closed;

    /**
     * Starts nothing yet.
     *
     * @param purpose what the process does; in errors, after "cannot"
     * @param needed whether there is something to do
     * @param synchronise makes a process that may know nothing, or what an earlier engine told it, do what it should
     * @param endIfUnused the message that ends it unless there is something to do
     */
    SideLink(
            SideProcess process,
            String purpose,
            BooleanSupplier needed,
            Consumer<SideConnection> synchronise,
            byte[] endIfUnused) {
        this.process = requireNonNull(process, "process");
        this.purpose = requireNonNull(purpose, "purpose");
        this.needed = requireNonNull(needed, "needed");
        this.synchronise = requireNonNull(synchronise, "synchronise");
        this.endIfUnused = endIfUnused.clone();
    }

    ReentrantLock lock() {
        return lock;
    }

    /** The connection, if there is one. */
    @Nullable
    SideConnection known() {
        return connection;
    }

    /**
     * The connection, made when there is none.
     *
     * @throws NaruException UNAVAILABLE when the process can't be had
     */
    SideConnection connected() {
        SideConnection known = connection;
        if (known != null) {
            return known;
        }
        if (closed) {
            throw new NaruException(ErrorKind.UNAVAILABLE, "cannot " + purpose + ": the engine is closing");
        }
        var made = new SideConnection(process.connect(), this::lost);
        connection = made;
        synchronise.accept(made);
        return made;
    }

    /** Gives up a connection that does not answer. */
    void drop() {
        SideConnection mute = connection;
        if (mute != null) {
            mute.close();
            connection = null;
        }
    }

    /** Has the process that an earlier engine left do what it should now; one with nothing to do ends. */
    void takeOver() {
        if (needed.getAsBoolean()) {
            connected();
            return;
        }
        process.find().ifPresent(channel -> {
            try (var unused = new SideConnection(channel, () -> {})) {
                synchronise.accept(unused);
                unused.send(endIfUnused).await();
            }
        });
    }

    private void lost() {
        lock.lock();
        try {
            if (connection != null && connection.ended()) {
                connection = null;
            }
        } finally {
            lock.unlock();
        }
        Thread.ofVirtual().name("naru-side-start").start(this::again);
    }

    private void again() {
        while (!begun()) {
            try {
                Thread.sleep(AGAIN_MILLIS);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Whether the process runs again, or need not. */
    private boolean begun() {
        lock.lock();
        try {
            if (!closed && connection == null && needed.getAsBoolean()) {
                LOG.log(System.Logger.Level.WARNING, "{0} has ended; starting it again", process.name());
                connected();
            }
            return true;
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "cannot " + purpose, failure);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Leaves the process to the next engine when it has something to do; else it ends. */
    void close() {
        closed = true;
        SideConnection last = connection;
        if (last == null) {
            return;
        }
        if (!needed.getAsBoolean()) {
            last.send(endIfUnused).await();
            process.forget();
        }
        last.close();
    }
}
