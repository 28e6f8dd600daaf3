package dev.naru.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * A message's body. Reading past it is impossible; what is left can be dropped. As a channel it fills direct buffers
 * without a copy of its own.
 */
abstract sealed class Body extends InputStream implements ReadableByteChannel permits FixedBody, ChunkedBody, RestBody {
    /** Whether all of it has been read, so that the connection stands at the next message. */
    abstract boolean finished();

    /** Whether what is left is known to be at most so many bytes, or may be. */
    boolean shorterThan(long bytes) {
        return true;
    }

    @Override
    public abstract int read(byte[] bytes, int offset, int count) throws IOException;

    /** At least one byte, when there is room; -1 at the end. */
    @Override
    public abstract int read(ByteBuffer into) throws IOException;

    @Override
    public final boolean isOpen() {
        return true;
    }

    @Override
    public final void close() {
        // The connection goes on.
    }

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** Reads at most so many bytes; they were announced, so there is no end before them. */
    static int readSome(ConnectionInput input, ByteBuffer into, long most) throws IOException {
        int limit = into.limit();
        into.limit(into.position() + (int) Math.min(into.remaining(), most));
        int got;
        try {
            got = input.read(into);
        } finally {
            into.limit(limit);
        }
        return present(got);
    }

    static int present(int got) throws EOFException {
        if (got < 0) {
            throw new EOFException("unexpected EOF");
        }
        return got;
    }

    /** Reads and drops at most {@code most} bytes; true when the body ended within them. */
    final boolean drain(int most) throws IOException {
        byte[] dropped = new byte[4096];
        int left = most;
        while (!finished() && left > 0) {
            int count = read(dropped, 0, Math.min(dropped.length, left));
            if (count < 0) {
                break;
            }
            left -= count;
        }
        return finished();
    }

    /** The body that a head announces; 400 when it contradicts itself, which is how requests are smuggled. */
    static Body of(Headers headers, ConnectionInput input, Runnable beforeFirstRead) throws HttpException {
        var encodings = headers.all("Transfer-Encoding");
        var lengths = headers.all("Content-Length");
        if (!encodings.isEmpty()) {
            if (encodings.size() > 1 || !encodings.getFirst().equalsIgnoreCase("chunked")) {
                throw new HttpException(501, "unsupported transfer encoding");
            }
            if (!lengths.isEmpty()) {
                throw new HttpException(400, "both Transfer-Encoding and Content-Length");
            }
            return new ChunkedBody(input, beforeFirstRead);
        }
        if (lengths.isEmpty()) {
            return new FixedBody(input, 0, beforeFirstRead);
        }
        if (lengths.stream().distinct().count() > 1) {
            throw new HttpException(400, "contradicting Content-Length");
        }
        return new FixedBody(input, length(lengths.getFirst()), beforeFirstRead);
    }

    private static long length(String text) throws HttpException {
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new HttpException(400, "malformed Content-Length");
        }
        return Long.parseLong(text);
    }
}
