package dev.naru.engine;

import dev.naru.build.StepRunner.StepOutput;
import dev.naru.runtime.Attachment;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What the process of a step writes, out of its attachment. */
final class StepFrames {
    private static final int HEADER = 8;

    private StepFrames() {}

    /** Hands it on until there is no more. */
    static void read(Attachment attachment, StepOutput output) {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        try {
            while (attachment.read(buffer) >= 0) {
                buffer.flip();
                if (attachment.raw()) {
                    output.write(1, taken(buffer, buffer.remaining()));
                }
                // Frames of Docker's multiplexed stream.
                while (buffer.remaining() >= HEADER) {
                    int length = buffer.getInt(buffer.position() + 4);
                    if (buffer.remaining() < HEADER + length) {
                        break;
                    }
                    int stream = buffer.get(buffer.position());
                    buffer.position(buffer.position() + HEADER);
                    output.write(stream, taken(buffer, length));
                }
                buffer = room(buffer.compact());
            }
        } catch (IOException left) {
            // The step is being stopped.
        }
    }

    private static byte[] taken(ByteBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }

    private static ByteBuffer room(ByteBuffer buffer) {
        return buffer.hasRemaining()
                ? buffer
                : ByteBuffer.allocate(buffer.capacity() * 2).put(buffer.flip());
    }
}
