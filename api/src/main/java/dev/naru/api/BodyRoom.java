package dev.naru.api;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Memory for the bodies of requests that are held whole, shared by all connections: whatever clients send at once, no
 * more than this is kept of it.
 */
final class BodyRoom {
    /** Far more than any honest request has; a container's whole configuration has some kilobytes. */
    static final int LARGEST = 8 << 20;
    /** The largest body and its copy while it grows, beside many of the usual size. */
    private static final int MOST = 32 << 20;

    private static final int FIRST = 8 << 10;

    private final AtomicInteger taken = new AtomicInteger();

    /** A body, and the room that it takes until it is closed. */
    final class Held implements AutoCloseable {
        private byte[] bytes = new byte[0];
        private int room;

        private Held() {}

        byte[] bytes() {
            return bytes;
        }

        /** Reads all of it. Room is taken as bytes come, not as they are announced: announcing costs a client nothing. */
        private void read(InputStream body, long announced) throws IOException {
            int count = 0;
            while (true) {
                if (count == bytes.length) {
                    grow(count == 0 ? (int) Math.clamp(announced, 1, FIRST) : Math.min(2 * count, LARGEST + 1));
                }
                int got = body.read(bytes, count, bytes.length - count);
                if (got < 0) {
                    bytes = count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
                    return;
                }
                count += got;
                if (count > LARGEST) {
                    throw tooLarge();
                }
            }
        }

        private void grow(int size) {
            take(size);
            room += size;
            int old = bytes.length;
            bytes = Arrays.copyOf(bytes, size);
            taken.addAndGet(-old);
            room -= old;
        }

        @Override
        public void close() {
            taken.addAndGet(-room);
            room = 0;
        }
    }

    /**
     * A body as a whole.
     *
     * @param announced its length as the client told it, 0 when it did not
     * @throws NaruException INVALID when it is larger than any request, UNAVAILABLE when other bodies take all room
     */
    Held hold(InputStream body, long announced) throws IOException {
        if (announced > LARGEST) {
            throw tooLarge();
        }
        var held = new Held();
        try {
            held.read(body, announced);
            return held;
        } catch (IOException | RuntimeException | Error failure) {
            held.close();
            throw failure;
        }
    }

    /** How many bytes are held. */
    int taken() {
        return taken.get();
    }

    private void take(int size) {
        if (taken.addAndGet(size) > MOST) {
            taken.addAndGet(-size);
            throw new NaruException(
                    ErrorKind.UNAVAILABLE,
                    "cannot read the request",
                    "other requests fill the " + (MOST >> 20) + " MiB for bodies",
                    "send it again when they are done");
        }
    }

    private static NaruException tooLarge() {
        return NaruException.invalid("invalid JSON: request body is larger than " + (LARGEST >> 20) + " MiB");
    }
}
