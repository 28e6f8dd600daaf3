package dev.naru.engine;

import dev.naru.runtime.Attachment;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/** Output of a host's process in Docker's frames, and its input. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class HostAttachment implements Attachment {
    private static final byte[] END = {};

    private final BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
    private final Supplier<OutputStream> input;
    private ByteBuffer current = ByteBuffer.allocate(0);

    HostAttachment(Supplier<OutputStream> input) {
        this.input = input;
    }

    void deliver(int stream, byte[] bytes, int length) {
        frames.add(ByteBuffer.allocate(8 + length)
                .put(0, (byte) stream)
                .putInt(4, length)
                .put(8, bytes, 0, length)
                .array());
    }

    void end() {
        frames.add(END);
    }

    @Override
    public int read(ByteBuffer output) throws IOException {
        try {
            while (!current.hasRemaining()) {
                byte[] next = frames.take();
                if (next.length == 0) {
                    frames.add(END);
                    return -1;
                }
                current = ByteBuffer.wrap(next);
            }
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
        int length = Math.min(output.remaining(), current.remaining());
        output.put(current.slice().limit(length));
        current.position(current.position() + length);
        return length;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            input.get().write(bytes.get());
        }
        input.get().flush();
    }

    @Override
    public void shutdownInput() throws IOException {
        input.get().close();
    }

    @Override
    public boolean raw() {
        return false;
    }

    @Override
    public void close() {
        end();
    }
}
