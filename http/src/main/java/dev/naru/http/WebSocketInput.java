package dev.naru.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Frames of a client, which must be masked. Answers pings by itself. */
final class WebSocketInput extends InputStream {
    private static final int LARGEST_CONTROL = 125;

    private final InputStream in;
    private final WebSocketOutput output;
    private final byte[] mask = new byte[4];
    private long left;
    private int maskAt;
    private boolean ended;

    WebSocketInput(InputStream in, WebSocketOutput output) {
        this.in = in;
        this.output = output;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (left == 0 && !ended) {
            nextFrame();
        }
        if (ended) {
            return -1;
        }
        int count = in.read(bytes, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new EOFException("websocket ended inside a message");
        }
        unmask(bytes, offset, count);
        left -= count;
        return count;
    }

    private void nextFrame() throws IOException {
        int first = in.read();
        if (first < 0) {
            ended = true;
            return;
        }
        int second = require(in.read());
        if ((second & 0x80) == 0 || (first & 0x70) != 0) {
            throw new HttpException(400, "malformed websocket frame");
        }
        long length = length(second & 0x7f);
        for (int at = 0; at < 4; at++) {
            mask[at] = (byte) require(in.read());
        }
        maskAt = 0;
        int opcode = first & 0x0f;
        switch (opcode) {
            case 0, 1, 2 -> left = length;
            case 8, 9, 10 -> control(opcode, length);
            default -> throw new HttpException(400, "unknown websocket frame");
        }
    }

    private long length(int seven) throws IOException {
        int bytes = seven < 126 ? 0 : seven == 126 ? 2 : 8;
        long length = bytes == 0 ? seven : 0;
        for (int at = 0; at < bytes; at++) {
            length = length << 8 | require(in.read());
        }
        if (length < 0) {
            throw new HttpException(400, "malformed websocket frame");
        }
        return length;
    }

    private void control(int opcode, long length) throws IOException {
        if (length > LARGEST_CONTROL) {
            throw new HttpException(400, "malformed websocket frame");
        }
        byte[] payload = in.readNBytes((int) length);
        if (payload.length < length) {
            throw new EOFException("websocket ended inside a message");
        }
        unmask(payload, 0, payload.length);
        if (opcode == 8) {
            ended = true;
        } else if (opcode == 9) {
            output.frame(WebSocketOutput.PONG, payload, 0, payload.length);
        }
    }

    private void unmask(byte[] bytes, int offset, int count) {
        for (int at = offset; at < offset + count; at++) {
            bytes[at] ^= mask[maskAt++ & 3];
        }
    }

    private static int require(int value) throws IOException {
        if (value < 0) {
            throw new EOFException("websocket ended inside a frame");
        }
        return value;
    }
}
