package dev.naru.api;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Puts raw output into Docker's frames, as standard output. */
final class FramedOutput extends OutputStream {
    private static final int HEADER = 8;

    private final OutputStream frames;

    FramedOutput(OutputStream frames) {
        this.frames = requireNonNull(frames, "frames");
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        frames.write(ByteBuffer.allocate(HEADER + length)
                .putInt(1 << 24)
                .putInt(length)
                .put(bytes, offset, length)
                .array());
    }

    @Override
    public void flush() throws IOException {
        frames.flush();
    }

    @Override
    public void close() throws IOException {
        frames.close();
    }
}
