package dev.naru.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What an attachment gave until its end, streams told apart. */
final class Frames {
    final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    static Frames readAll(Attachment attachment) throws IOException {
        Frames frames = new Frames();
        ByteBuffer buffer = ByteBuffer.allocate(1 << 17);
        while (attachment.read(buffer) >= 0) {
            buffer.flip();
            if (attachment.raw()) {
                frames.take(frames.stdout, buffer, buffer.remaining());
            } else {
                frames.parse(buffer);
            }
            buffer.compact();
        }
        return frames;
    }

    private void parse(ByteBuffer buffer) {
        while (buffer.remaining() >= 8) {
            int length = buffer.getInt(buffer.position() + 4);
            if (buffer.remaining() < 8 + length) {
                return;
            }
            int stream = buffer.getInt() >>> 24;
            buffer.getInt();
            take(stream == 2 ? stderr : stdout, buffer, length);
        }
    }

    private void take(ByteArrayOutputStream out, ByteBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        out.write(bytes, 0, length);
    }

    String out() {
        return stdout.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return stderr.toString(StandardCharsets.UTF_8);
    }
}
