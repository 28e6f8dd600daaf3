package dev.naru.grpc;

import static java.util.Objects.requireNonNull;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** What comes in on a connection, taken frame by frame without a copy in between. For one thread. */
final class FrameInput {
    private static final int BUFFER = 64 << 10;

    private final InputStream in;
    private final Runnable beforeWaiting;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;

    /** @param beforeWaiting runs when all that was there is taken, before a read that may wait for more */
    FrameInput(InputStream in, Runnable beforeWaiting) {
        this.in = requireNonNull(in, "in");
        this.beforeWaiting = requireNonNull(beforeWaiting, "beforeWaiting");
    }

    /** Where some of the bytes go, which stay as they are only while this runs. */
    @FunctionalInterface
    interface Taker {
        void take(byte[] bytes, int offset, int length) throws IOException;
    }

    private void fill() throws IOException {
        beforeWaiting.run();
        position = 0;
        limit = 0;
        int count = in.read(buffer, 0, buffer.length);
        if (count < 0) {
            throw new EOFException();
        }
        limit = count;
    }

    int readByte() throws IOException {
        while (position == limit) {
            fill();
        }
        return buffer[position++] & 0xff;
    }

    int readInt() throws IOException {
        return readByte() << 24 | readByte() << 16 | readByte() << 8 | readByte();
    }

    byte[] read(int length) throws IOException {
        byte[] bytes = new byte[length];
        int[] at = {0};
        read(length, (piece, offset, count) -> {
            System.arraycopy(piece, offset, bytes, at[0], count);
            at[0] += count;
        });
        return bytes;
    }

    /** Hands exactly so many bytes on, in pieces. */
    void read(int length, Taker to) throws IOException {
        for (int left = length; left > 0; ) {
            if (position == limit) {
                fill();
                continue;
            }
            int count = Math.min(left, limit - position);
            to.take(buffer, position, count);
            position += count;
            left -= count;
        }
    }
}
