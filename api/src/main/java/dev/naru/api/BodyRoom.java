package dev.naru.api;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Memory for the bodies of requests that are held whole, shared by all connections: whatever clients send at once, no
 * more than this is kept of it.
 */
final class BodyRoom {
    /** Far more than any honest request has; a container's whole configuration has some kilobytes. */
    static final int LARGEST = 8 << 20;
    /** For one of the largest, once in pieces and once in one, or for very many of the usual size. */
    private static final int MOST = 18 << 20;

    /** As much as any connection's buffers take: honest requests need no more, and always get it. */
    private static final int FIRST = 8 << 10;
    /** Larger pieces would be read through buffers of their size, which the virtual machine keeps. */
    private static final int PIECE = 64 << 10;

    private final AtomicInteger taken = new AtomicInteger();

    /** Pieces that nobody reads into; the collector may have them. Made anew for each body, they would fill its heap. */
    private final Deque<WeakReference<byte[]>> spare = new ArrayDeque<>();

    /** A body, and the room that it takes until it is closed. */
    final class Held implements AutoCloseable {
        private final List<byte[]> pieces = new ArrayList<>(0);
        private byte[] bytes = new byte[0];
        private int room;

        private Held() {}

        byte[] bytes() {
            return bytes;
        }

        /** Reads all of it. Room is taken as bytes come, not as they are announced: announcing costs a client nothing. */
        private void read(InputStream body, long announced) throws IOException {
            byte[] first = new byte[announced == 0 ? FIRST : (int) Math.min(announced, FIRST)];
            int count = body.readNBytes(first, 0, first.length);
            int got = count == first.length && count != announced ? PIECE : 0;
            while (got == PIECE && (announced == 0 || count < announced)) {
                take(PIECE);
                byte[] piece = piece();
                pieces.add(piece);
                got = body.readNBytes(piece, 0, PIECE);
                count += got;
                if (count > LARGEST) {
                    throw tooLarge();
                }
            }
            if (pieces.isEmpty()) {
                bytes = count == first.length ? first : Arrays.copyOf(first, count);
                return;
            }
            take(count);
            bytes = joined(first, pieces, count);
            spare(pieces);
            give(room - count);
        }

        private void take(int size) {
            if (taken.addAndGet(size) > MOST) {
                taken.addAndGet(-size);
                throw full();
            }
            room += size;
        }

        private void give(int size) {
            taken.addAndGet(-size);
            room -= size;
        }

        @Override
        public void close() {
            spare(pieces);
            give(room);
        }
    }

    private byte[] piece() {
        synchronized (spare) {
            while (!spare.isEmpty()) {
                byte[] piece = spare.pop().get();
                if (piece != null) {
                    return piece;
                }
            }
        }
        return new byte[PIECE];
    }

    private void spare(List<byte[]> pieces) {
        synchronized (spare) {
            pieces.forEach(piece -> spare.push(new WeakReference<>(piece)));
        }
        pieces.clear();
    }

    private static byte[] joined(byte[] first, List<byte[]> pieces, int count) {
        byte[] all = Arrays.copyOf(first, count);
        int at = first.length;
        for (byte[] piece : pieces) {
            int length = Math.min(piece.length, count - at);
            System.arraycopy(piece, 0, all, at, length);
            at += length;
        }
        return all;
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
        // It would not fit when it had come, in pieces and in one.
        if (announced > FIRST && 2 * announced > MOST - taken.get()) {
            throw full();
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

    private static NaruException full() {
        return new NaruException(
                ErrorKind.UNAVAILABLE,
                "cannot read the request",
                "other requests fill the " + (MOST >> 20) + " MiB for bodies",
                "send it again when they are done");
    }

    private static NaruException tooLarge() {
        return NaruException.invalid("invalid JSON: request body is larger than " + (LARGEST >> 20) + " MiB");
    }
}
