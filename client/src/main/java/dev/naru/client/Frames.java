package dev.naru.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Docker's multiplexed stream: {@code {stream, 0, 0, 0, length as 4 bytes}} before each piece of output. */
public final class Frames {
    private static final int HEAD = 8;

    private Frames() {}

    /** Copies standard output and error to where they belong until the stream ends; flushes after each frame. */
    public static void copy(InputStream framed, OutputStream stdout, OutputStream stderr) throws IOException {
        byte[] head = new byte[HEAD];
        byte[] buffer = new byte[32 << 10];
        for (int got = framed.readNBytes(head, 0, HEAD); got > 0; got = framed.readNBytes(head, 0, HEAD)) {
            if (got < HEAD) {
                throw new EOFException("stream ended inside a frame");
            }
            OutputStream target = head[0] == 2 || head[0] == 3 ? stderr : stdout;
            copy(framed, length(head), buffer, target);
            target.flush();
        }
    }

    private static long length(byte[] head) {
        return (head[4] & 0xffL) << 24 | (head[5] & 0xff) << 16 | (head[6] & 0xff) << 8 | (head[7] & 0xff);
    }

    private static void copy(InputStream framed, long length, byte[] buffer, OutputStream target) throws IOException {
        long left = length;
        while (left > 0) {
            int count = framed.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new EOFException("stream ended inside a frame");
            }
            target.write(buffer, 0, count);
            left -= count;
        }
    }
}
