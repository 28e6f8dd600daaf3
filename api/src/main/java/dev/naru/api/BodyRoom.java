package dev.naru.api;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
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
            byte[] piece = new byte[announced == 0 ? FIRST : (int) Math.min(announced, FIRST)];
            var pieces = new ArrayList<byte[]>(1);
            int got = body.readNBytes(piece, 0, piece.length);
            int count = got;
            pieces.add(piece);
            while (got == piece.length && (announced == 0 || count < announced)) {
                take(PIECE);
                piece = new byte[PIECE];
                got = body.readNBytes(piece, 0, PIECE);
                pieces.add(piece);
                count += got;
                if (count > LARGEST) {
                    throw tooLarge();
                }
            }
            if (pieces.size() == 1) {
                bytes = count == piece.length ? piece : Arrays.copyOf(piece, count);
            } else {
                take(count);
                bytes = joined(pieces, count);
                give(room - count);
            }
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
            room += size;
        }

        private void give(int size) {
            taken.addAndGet(-size);
            room -= size;
        }

        @Override
        public void close() {
            give(room);
        }
    }

    private static byte[] joined(List<byte[]> pieces, int count) {
        byte[] all = new byte[count];
        int at = 0;
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

    private static NaruException tooLarge() {
        return NaruException.invalid("invalid JSON: request body is larger than " + (LARGEST >> 20) + " MiB");
    }
}
