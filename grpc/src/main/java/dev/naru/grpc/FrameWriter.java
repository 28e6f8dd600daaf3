package dev.naru.grpc;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Writes the frames of one connection on a thread of its own: a thread that is interrupted while it writes to a channel
 * closes the channel, and one call's end must not be the others'. Frames that come together leave in one write.
 */
final class FrameWriter {
    private static final byte[] END = {};

    private final OutputStream out;
    private final BlockingQueue<byte[]> frames = new ArrayBlockingQueue<>(256);
    private final Runnable broken;
    private volatile boolean closed;

    FrameWriter(OutputStream out, Runnable broken) {
        this.out = new BufferedOutputStream(out, 64 << 10);
        this.broken = broken;
    }

    void start() {
        Thread.ofVirtual().name("naru-grpc-writer").start(this::run);
    }

    /** @throws IOException when the connection is gone */
    void write(byte[] bytes) throws IOException, InterruptedException {
        while (!frames.offer(bytes, 1, java.util.concurrent.TimeUnit.SECONDS)) {
            if (closed) {
                break;
            }
        }
        if (closed) {
            throw new IOException("the connection is closed");
        }
    }

    /** Ends after what was written. */
    void close() {
        closed = true;
        frames.offer(END);
    }

    private void run() {
        try {
            while (true) {
                byte[] next = frames.poll();
                if (next == null) {
                    out.flush();
                    if (closed) {
                        return;
                    }
                    next = frames.take();
                }
                if (next.length > 0) {
                    out.write(next);
                }
            }
        } catch (IOException gone) {
            closed = true;
            frames.clear();
            broken.run();
        } catch (InterruptedException stop) {
            closed = true;
        }
    }
}
