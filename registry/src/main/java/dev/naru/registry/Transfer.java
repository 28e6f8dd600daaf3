package dev.naru.registry;

import dev.naru.error.NaruException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;

/** A blob on its way, as one of those that want it sees it. Closing gives it up; it ends when nobody wants it any more. */
public interface Transfer extends AutoCloseable {
    /** How far it is. */
    enum State {
        WAITING,
        RUNNING,
        VERIFYING,
        DONE
    }

    State state();

    /** Bytes so far. */
    long current();

    /** Bytes in all. */
    long total();

    /**
     * Waits for the end, but not for long.
     *
     * @return whether it has ended well
     * @throws NaruException when it has failed
     */
    boolean await(Duration most) throws InterruptedException;

    /**
     * The content from its beginning while it arrives, unverified until the transfer is done. Waits for the transfer's
     * turn.
     */
    ReadableByteChannel follow() throws InterruptedException;

    @Override
    void close();

    /** Counts an upload. */
    interface Counter {
        /** It is its turn. */
        void begun();

        /** Bytes so far. */
        void sent(long bytes);
    }
}
