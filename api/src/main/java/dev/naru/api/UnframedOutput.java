package dev.naru.api;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Takes Docker's frames and passes on what is in them. */
final class UnframedOutput extends OutputStream {
    private static final int HEADER = 8;

    private final OutputStream raw;
    private final ByteBuffer header = ByteBuffer.allocate(HEADER);
    private int left;

    UnframedOutput(OutputStream raw) {
        this.raw = requireNonNull(raw, "raw");
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int end = offset + length;
        for (int at = offset; at < end; ) {
            if (left == 0) {
                int count = Math.min(header.remaining(), end - at);
                header.put(bytes, at, count);
                at += count;
                if (!header.hasRemaining()) {
                    left = header.getInt(HEADER / 2);
                    header.clear();
                }
            } else {
                int count = Math.min(left, end - at);
                raw.write(bytes, at, count);
                at += count;
                left -= count;
            }
        }
    }

    @Override
    public void flush() throws IOException {
        raw.flush();
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }
}
