package dev.naru.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A body in chunks, RFC 9112 section 7.1; extensions and trailers are read and dropped. */
final class ChunkedBody extends Body {
    private static final int LONGEST_LINE = 4096;
    private static final int MOST_TRAILERS = 100;
    private static final int LARGE = 16 << 10;

    private final ConnectionInput input;
    private final Runnable beforeFirstRead;
    private long left;
    private boolean begun;
    private boolean ended;

    ChunkedBody(ConnectionInput input, Runnable beforeFirstRead) {
        this.input = input;
        this.beforeFirstRead = beforeFirstRead;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (left == 0 && !ended) {
            nextChunk();
        }
        if (ended) {
            return -1;
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
        if (left == 0 && !ended) {
            nextChunk();
        }
        if (ended) {
            return -1;
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
    boolean finished() {
        return ended;
    }

    private void nextChunk() throws IOException {
        if (begun) {
            if (!line().isEmpty()) {
                throw new HttpException(400, "malformed chunked encoding");
            }
        } else {
            begun = true;
            beforeFirstRead.run();
        }
        left = size(line());
        if (left > LARGE) {
            input.expectMuch();
        }
        if (left == 0) {
            for (int lines = 0; !line().isEmpty(); lines++) {
                if (lines == MOST_TRAILERS) {
                    throw new HttpException(431, "too many trailer fields");
                }
            }
            ended = true;
        }
    }

    private static long size(String line) throws HttpException {
        int semicolon = line.indexOf(';');
        String digits = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
        if (digits.isEmpty() || digits.length() > 15 || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            throw new HttpException(400, "malformed chunked encoding");
        }
        return Long.parseLong(digits, 16);
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = input.read(); c != '\n'; c = input.read()) {
            if (c < 0) {
                throw new EOFException("unexpected EOF");
            }
            if (line.length() == LONGEST_LINE) {
                throw new HttpException(400, "chunk line too long");
            }
            line.append((char) c);
        }
        if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
            line.setLength(line.length() - 1);
        }
        return line.toString();
    }
}
