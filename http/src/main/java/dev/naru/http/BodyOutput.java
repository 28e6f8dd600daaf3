package dev.naru.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A body that is written as it comes, in chunks unless the connection's end tells its end. Used by one thread. */
final class BodyOutput extends OutputStream {
    private static final int LARGEST = 64 << 10;
    /** Room for a chunk's size line before the data and the line break behind it, so that a chunk is one write. */
    private static final int BEFORE = 10;

    private static final int AFTER = 2;

    private final OutputStream out;
    private final boolean chunked;
    private byte[] buffer = new byte[512];
    private int length = BEFORE;
    private boolean closed;

    BodyOutput(OutputStream out, boolean chunked) {
        this.out = out;
        this.chunked = chunked;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        if (closed) {
            throw new IOException("response is finished");
        }
        int from = offset;
        int left = count;
        while (left > 0) {
            int part = Math.min(left, LARGEST - (length - BEFORE));
            ensure(part);
            System.arraycopy(bytes, from, buffer, length, part);
            length += part;
            from += part;
            left -= part;
            if (length - BEFORE == LARGEST) {
                flush();
            }
        }
    }

    @Override
    public void flush() throws IOException {
        int size = length - BEFORE;
        if (size == 0) {
            return;
        }
        length = BEFORE;
        if (!chunked) {
            out.write(buffer, BEFORE, size);
            return;
        }
        byte[] line = (Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(line, 0, buffer, BEFORE - line.length, line.length);
        buffer[BEFORE + size] = '\r';
        buffer[BEFORE + size + 1] = '\n';
        out.write(buffer, BEFORE - line.length, line.length + size + AFTER);
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        flush();
        closed = true;
        if (chunked) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private void ensure(int more) {
        int needed = length + more + AFTER;
        if (needed > buffer.length) {
            int size = Math.min(Math.max(needed, buffer.length * 2), BEFORE + LARGEST + AFTER);
            buffer = java.util.Arrays.copyOf(buffer, size);
        }
    }
}
