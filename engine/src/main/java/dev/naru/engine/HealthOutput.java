package dev.naru.engine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The beginning of what a health check has written, taken from Docker's frames. */
final class HealthOutput {
    private static final int LIMIT = 4096;
    private static final int HEADER = 8;

    private final ByteArrayOutputStream text = new ByteArrayOutputStream(64);
    private final byte[] header = new byte[HEADER];
    private int headerBytes;
    private int remaining;

    /** Takes frames, which may be split anywhere. */
    synchronized void take(ByteBuffer frames) {
        while (frames.hasRemaining()) {
            if (remaining == 0) {
                header[headerBytes++] = frames.get();
                if (headerBytes == HEADER) {
                    remaining = ByteBuffer.wrap(header).getInt(4);
                    headerBytes = 0;
                }
            } else {
                byte next = frames.get();
                remaining--;
                if (text.size() < LIMIT) {
                    text.write(next);
                }
            }
        }
    }

    /** Nothing more comes. */
    synchronized void end() {
        remaining = 0;
    }

    @Override
    public synchronized String toString() {
        return text.toString(StandardCharsets.UTF_8);
    }
}
