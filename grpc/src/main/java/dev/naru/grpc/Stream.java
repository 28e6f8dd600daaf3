package dev.naru.grpc;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One stream of an HTTP/2 connection: what came in, in order, until somebody reads it. */
final class Stream {
    private static final int CANCEL = 8;

    private final Connection connection;
    private final int id;

    /** Guarded by the connection. */
    long sendWindow;

    private final ByteRing received = new ByteRing();
    private @Nullable Metadata headers;
    private @Nullable Metadata trailers;
    private boolean remoteEnded;
    private boolean localEnded;
    private volatile @Nullable IOException broken;
    private volatile boolean answered;
    private @Nullable Thread worker;
    private int unread;
    private int buffered;

    Stream(Connection connection, int id, int sendWindow) {
        this.connection = connection;
        this.id = id;
        this.sendWindow = sendWindow;
    }

    int id() {
        return id;
    }

    /** The thread to interrupt when the peer gives the stream up; null for none. */
    synchronized void worker(@Nullable Thread thread) {
        worker = thread;
        if (thread != null && broken != null) {
            thread.interrupt();
        }
    }

    synchronized void headers(Metadata fields, boolean last) {
        if (headers == null) {
            headers = fields;
        }
        if (last) {
            // An answer without data has its trailers in its headers.
            trailers = fields;
            remoteEnded = true;
        }
        notifyAll();
    }

    /** Keeps some data; {@link #tell} wakes who waits for it. */
    synchronized void data(byte[] bytes, int offset, int length) throws IOException {
        buffered += length;
        if (buffered > Connection.STREAM_WINDOW) {
            throw new IOException("the peer sends more than it may");
        }
        received.add(bytes, offset, length);
    }

    /** Padding counts as data that was read at once. */
    synchronized int padded(int count) throws IOException {
        buffered += count;
        return count;
    }

    /** No more data comes. */
    synchronized void dataEnded() {
        remoteEnded = true;
    }

    synchronized void tell() {
        notifyAll();
    }

    /** A peer that has answered completely may stop what we send: no failure (RFC 9113 section 8.1). */
    synchronized void reset(int code) {
        if (remoteEnded && code == 0) {
            answered = true;
            localEnded = true;
            connection.wake();
            return;
        }
        broken(new IOException(code == CANCEL ? "the peer has cancelled the call" : "stream reset: " + code));
    }

    synchronized void broken(IOException reason) {
        if (broken == null) {
            broken = reason;
            notifyAll();
            connection.wake();
            if (worker != null) {
                worker.interrupt();
            }
        }
    }

    /** @throws IOException when the stream is broken */
    void check() throws IOException {
        IOException reason = broken;
        if (reason != null) {
            throw new IOException(reason.getMessage(), reason);
        }
        if (answered) {
            throw new IOException("the peer has ended the call");
        }
    }

    synchronized Metadata headers() throws IOException, InterruptedException {
        while (headers == null) {
            check();
            wait();
        }
        return headers;
    }

    /** Takes what is there, waiting until something is; answers how much, -1 at the end. */
    int read(byte[] into, int offset, int length) throws IOException, InterruptedException {
        int count;
        synchronized (this) {
            while (received.isEmpty()) {
                if (remoteEnded) {
                    return -1;
                }
                check();
                wait();
            }
            count = received.take(into, offset, length);
        }
        connection.consumed(this, count);
        return count;
    }

    /** How much the peer may be told to send again. */
    synchronized int again(int count) {
        unread += count;
        if (unread < Connection.STREAM_WINDOW / 2 || remoteEnded) {
            return 0;
        }
        int all = unread;
        unread = 0;
        buffered -= all;
        return all;
    }

    /** What came after the data; empty when nothing did. */
    synchronized Metadata trailers() {
        return trailers == null ? new Metadata() : trailers;
    }

    void write(byte[] bytes, boolean last) throws IOException, InterruptedException {
        try {
            connection.write(this, bytes, last);
        } catch (IOException failure) {
            // Nobody reads it any more; the answer tells why.
            if (!answered) {
                throw failure;
            }
        }
        if (last) {
            ended();
        }
    }

    void write(Metadata fields, boolean last) throws IOException, InterruptedException {
        check();
        connection.write(this, fields, last);
        if (last) {
            ended();
        }
    }

    private synchronized void ended() {
        localEnded = true;
    }

    /** Ends whatever is still open of it. */
    void close() {
        // The last frame must leave though the call was interrupted.
        boolean interrupted = Thread.interrupted();
        boolean unfinished;
        boolean complete;
        synchronized (this) {
            unfinished = broken == null && !(remoteEnded && localEnded);
            complete = localEnded && !connection.isClient();
            worker = null;
            if (broken == null) {
                broken = new IOException("the call has ended");
            }
        }
        connection.forget(this);
        connection.wake();
        if (unfinished) {
            try {
                // NO_ERROR after a complete answer; who asked and hears no end cancels.
                connection.write(Frame.RST_STREAM, 0, id, Frame.numbers(complete ? 0 : CANCEL));
            } catch (IOException gone) {
                System.getLogger("naru.grpc").log(System.Logger.Level.DEBUG, "stream of a closed connection", gone);
            } catch (InterruptedException stop) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
