package dev.naru.http;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A body of known length. */
final class FixedBody extends Body {
    private final ConnectionInput input;
    private final Runnable beforeFirstRead;
    private final long length;
    private long left;

    FixedBody(ConnectionInput input, long length, Runnable beforeFirstRead) {
        this.input = input;
        this.length = length;
        this.left = length;
        this.beforeFirstRead = beforeFirstRead;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        if (left == 0) {
            return -1;
        }
        if (left == length) {
            beforeFirstRead.run();
        }
        int got = present(input.read(bytes, offset, (int) Math.min(count, left)));
        left -= got;
        return got;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!into.hasRemaining()) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        if (left == length) {
            beforeFirstRead.run();
        }
        int got = readSome(input, into, left);
        left -= got;
        return got;
    }

    @Override
    public int available() {
        return (int) Math.min(left, input.available());
    }

    @Override
    boolean shorterThan(long bytes) {
        return left <= bytes;
    }

    @Override
    boolean finished() {
        return left == 0;
    }
}
