package dev.naru.registry;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.http.RequestBody;
import dev.naru.http.RequestSink;
import dev.naru.registry.GrowingContent.Making;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One making of content as the bodies of requests that follow each other. */
final class GrowingPieces implements RequestBody, AutoCloseable {
    private final Making making;
    private final LongConsumer sent;
    private byte[] ahead = new byte[0];
    private boolean atEnd;
    private long taken;
    private long bodyStart;
    private long bodyEnd;
    private long bodyTime;
    private @Nullable NaruException failure;

    /** @param sent told how many of all bytes have been handed over */
    GrowingPieces(Making making, LongConsumer sent) {
        this.making = making;
        this.sent = sent;
    }

    /** Passes over what somebody has already. */
    void skip(long bytes) throws InterruptedException {
        while (taken < bytes && !isAtEnd()) {
            int some = (int) Math.min(bytes - taken, ahead.length);
            ahead = Arrays.copyOfRange(ahead, some, ahead.length);
            taken += some;
        }
    }

    /** Whether nothing is left; waits for what comes next. */
    boolean isAtEnd() throws InterruptedException {
        if (ahead.length == 0 && !atEnd) {
            ahead = making.next();
            atEnd = ahead.length == 0;
        }
        return atEnd;
    }

    /** Begins another body, which takes at least so many bytes and so long, where there is as much. */
    void begin(long bytes, long nanoseconds) {
        bodyStart = taken;
        bodyEnd = taken + bytes;
        bodyTime = System.nanoTime() + nanoseconds;
    }

    /** How many bytes have been taken of all. */
    long taken() {
        return taken;
    }

    String digest() {
        return making.digest();
    }

    /** Says why nothing more could be made, if that is so. */
    void check() {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public long length() {
        return -1;
    }

    @Override
    public void writeTo(RequestSink sink) throws IOException {
        if (taken != bodyStart) {
            throw new IOException("the upload has to be sent again");
        }
        while (hasNext()) {
            byte[] piece = next();
            sink.write(piece, 0, piece.length);
        }
    }

    private boolean hasNext() {
        try {
            return (taken < bodyEnd || System.nanoTime() - bodyTime < 0) && !isAtEnd();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw failed(new NaruException(ErrorKind.UNAVAILABLE, "cannot push", "context canceled", null, stopped));
        } catch (NaruException broken) {
            throw failed(broken);
        }
    }

    private NaruException failed(NaruException reason) {
        failure = reason;
        return reason;
    }

    private byte[] next() {
        byte[] piece = ahead;
        ahead = new byte[0];
        taken += piece.length;
        sent.accept(taken);
        return piece;
    }

    @Override
    public void close() {
        making.close();
    }
}
