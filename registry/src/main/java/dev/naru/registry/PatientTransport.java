package dev.naru.registry;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Transport;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;

/** Ends when a wait for the peer takes too long: a socket's own limits know nothing of writing. */
final class PatientTransport implements Transport {
    private final Transport below;
    private final Patience patience;
    private volatile boolean waiting;
    private volatile boolean ended;
    private volatile long until;
    private volatile Runnable gone = () -> {};
    /** An answer's head must come in time as a whole, however small the pieces that it comes in. */
    private boolean head;

    PatientTransport(Transport below, Patience patience) {
        this.below = requireNonNull(below, "below");
        this.patience = requireNonNull(patience, "patience");
    }

    /** @param gone run after it has ended because of a wait */
    void whenEnded(Runnable gone) {
        this.gone = gone;
    }

    /** A request is sent now, and the head of its answer comes next. */
    void expectHead() {
        head = true;
        until = patience.end();
    }

    void expectBody() {
        head = false;
    }

    /** Nobody uses it for a while: it ends if that lasts. */
    void rest() {
        until = patience.endOfRest();
        waiting = true;
    }

    /** Whether it is good for another exchange: a server that has left, or that speaks unasked, is not. */
    synchronized boolean wake() {
        waiting = false;
        try {
            return !ended && below.idle();
        } catch (IOException gone) {
            return false;
        }
    }

    /** Ends it if somebody waits for too long; whoever reads or writes gets an exception. */
    synchronized void endIfLate(long now) {
        if (waiting && now - until > 0) {
            ended = true;
            close();
            gone.run();
        }
    }

    /** What an exception of this transport means. */
    IOException told(IOException failure) {
        if (failure instanceof ClosedByInterruptException
                || Thread.currentThread().isInterrupted()) {
            return Connections.interrupted(failure);
        }
        if (!ended) {
            return failure;
        }
        String text = "no data for " + patience.seconds() + " seconds";
        return head ? new HttpTimeoutException(text) : new IOException(text, failure);
    }

    private void beginReading() {
        if (!head) {
            until = patience.end();
        }
        waiting = true;
    }

    private void beginWriting() {
        until = patience.end();
        waiting = true;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        beginReading();
        try {
            return below.read(bytes, offset, length);
        } finally {
            waiting = false;
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        beginReading();
        try {
            return below.read(into);
        } finally {
            waiting = false;
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        beginWriting();
        try {
            below.write(bytes, offset, length);
        } finally {
            waiting = false;
            // The answer's time begins when the request has ended.
            until = patience.end();
        }
    }

    @Override
    public void write(FileChannel file, long position, long length) throws IOException {
        beginWriting();
        try {
            below.write(file, position, length);
        } finally {
            waiting = false;
            until = patience.end();
        }
    }

    @Override
    public boolean readable() throws IOException {
        return below.readable();
    }

    @Override
    public boolean idle() throws IOException {
        return below.idle();
    }

    @Override
    public void shutdownOutput() throws IOException {
        below.shutdownOutput();
    }

    @Override
    public void close() {
        patience.leave(this);
        try {
            below.close();
        } catch (IOException ignored) {
            // Nothing is expected of it any more.
        }
    }
}
