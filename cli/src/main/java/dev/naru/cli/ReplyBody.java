package dev.naru.cli;

import java.io.IOException;
import java.io.InputStream;

/** A response body of a known length, or chunked; it ends where the response ends. */
final class ReplyBody extends InputStream {
    private final InputStream in;
    private final boolean chunked;
    private long left;
    private boolean ended;

    /** @param length bytes, or -1 for chunks */
    ReplyBody(InputStream in, long length) {
        this.in = in;
        this.chunked = length < 0;
        this.left = Math.max(0, length);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0 && !more()) {
            return -1;
        }
        int count = in.read(bytes, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new IOException("the engine closed the connection in the middle of an answer");
        }
        left -= count;
        if (left == 0 && chunked) {
            SocketConnection.line(in);
        }
        return count;
    }

    private boolean more() throws IOException {
        if (!chunked || ended) {
            return false;
        }
        String line = SocketConnection.line(in);
        int end = line.indexOf(';');
        left = Long.parseLong(end < 0 ? line : line.substring(0, end), 16);
        if (left == 0) {
            ended = true;
            skipTrailers();
        }
        return left > 0;
    }

    /** Trailers mean nothing here. */
    private void skipTrailers() throws IOException {
        String line;
        do {
            line = SocketConnection.line(in);
        } while (!line.isEmpty());
    }

    /** Reads what is left, so that the connection can be used again. */
    @Override
    public void close() throws IOException {
        byte[] rest = new byte[4096];
        int count;
        do {
            count = read(rest, 0, rest.length);
        } while (count >= 0);
    }
}
