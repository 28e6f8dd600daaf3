package dev.naru.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What comes in on a connection, buffered only while there is something: an idle connection holds one byte.
 *
 * <p>{@link #watch} reads ahead on a thread of its own, which the next read waits for.
 */
final class ConnectionInput {
    private static final int BUFFER = 8 << 10;
    /** While a large body comes: a chunk and the next one's size line in one read. */
    private static final int LARGE = 64 << 10;

    private static final byte[] NONE = new byte[0];

    private final Transport transport;
    private byte[] buffer = NONE;
    private int position;
    private int limit;
    private @Nullable ReadAhead readAhead;
    private boolean large;

    ConnectionInput(Transport transport) {
        this.transport = requireNonNull(transport, "transport");
    }

    /** Waits for a byte without holding a buffer; false at the end. */
    synchronized boolean awaitInput() throws IOException {
        if (position < limit) {
            return true;
        }
        buffer = NONE;
        large = false;
        position = 0;
        limit = 0;
        byte[] one = new byte[1];
        if (receive(one, 0, 1) < 0) {
            return false;
        }
        buffer = new byte[BUFFER];
        buffer[0] = one[0];
        limit = 1;
        return true;
    }

    /** The next byte, or -1. */
    synchronized int read() throws IOException {
        if (position == limit && !fill()) {
            return -1;
        }
        return buffer[position++] & 0xff;
    }

    synchronized int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position == limit) {
            if (length >= BUFFER) {
                return receive(bytes, offset, length);
            }
            if (!fill()) {
                return -1;
            }
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, bytes, offset, count);
        position += count;
        return count;
    }

    /** Like the other read; into a direct buffer the kernel writes itself. */
    synchronized int read(ByteBuffer into) throws IOException {
        if (position == limit && readAhead == null && into.remaining() >= BUFFER) {
            return transport.read(into);
        }
        if (position == limit && !fill()) {
            return -1;
        }
        int count = Math.min(into.remaining(), limit - position);
        into.put(buffer, position, count);
        position += count;
        return count;
    }

    /** Whether a read gives something at once. */
    synchronized int available() {
        return limit - position;
    }

    /**
     * Reads one byte ahead on a thread of its own, and calls {@code gone} when there is none because the peer has left.
     * Data that came instead is kept for the next read.
     */
    synchronized void watch(Runnable gone) {
        if (position == limit && readAhead == null) {
            readAhead = new ReadAhead(gone);
        }
    }

    /** Tells that a large body comes, until the next message. */
    synchronized void expectMuch() {
        large = true;
    }

    private boolean fill() throws IOException {
        int size = large ? LARGE : BUFFER;
        if (buffer.length < size) {
            buffer = new byte[size];
        }
        position = 0;
        limit = Math.max(0, receive(buffer, 0, buffer.length));
        return limit > 0;
    }

    private int receive(byte[] bytes, int offset, int length) throws IOException {
        ReadAhead ahead = readAhead;
        if (ahead == null) {
            return transport.read(bytes, offset, length);
        }
        int first = ahead.result();
        readAhead = null;
        if (first < 0) {
            return -1;
        }
        bytes[offset] = (byte) first;
        return 1;
    }

    /** A channel's read can't be called off without closing it, so the byte is handed on instead. */
    private final class ReadAhead {
        private final Thread thread;
        private volatile int value = -1;

        ReadAhead(Runnable gone) {
            thread = Thread.ofVirtual().start(() -> run(gone));
        }

        private void run(Runnable gone) {
            byte[] one = new byte[1];
            try {
                if (transport.read(one, 0, 1) == 1) {
                    value = one[0] & 0xff;
                    return;
                }
            } catch (IOException e) {
                // The connection is gone, which is what was to be found out.
            }
            gone.run();
        }

        int result() throws IOException {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for input");
            }
            return value;
        }
    }
}
