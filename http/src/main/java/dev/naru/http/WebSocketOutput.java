package dev.naru.http;

import java.io.IOException;
import java.io.OutputStream;

/** Frames of a server, which are not masked. Several threads may write. */
final class WebSocketOutput extends OutputStream {
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PONG = 10;

    private final OutputStream out;
    private boolean closed;

    WebSocketOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        frame(BINARY, new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > 0) {
            frame(BINARY, bytes, offset, length);
        }
    }

    synchronized void frame(int opcode, byte[] bytes, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("websocket is closed");
        }
        int head = length < 126 ? 2 : length < 65536 ? 4 : 10;
        byte[] frame = new byte[head + length];
        frame[0] = (byte) (0x80 | opcode);
        frame[1] = (byte) (head == 2 ? length : head == 4 ? 126 : 127);
        for (int at = head - 1, left = length; at > 1; at--, left >>>= 8) {
            frame[at] = (byte) left;
        }
        System.arraycopy(bytes, offset, frame, head, length);
        out.write(frame);
    }

    /** Sends a close message: 1000, normal closure. */
    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            frame(CLOSE, new byte[] {3, (byte) 0xe8}, 0, 2);
            closed = true;
        }
    }
}
