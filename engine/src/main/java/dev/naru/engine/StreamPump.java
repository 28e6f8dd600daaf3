package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.runtime.Attachment;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Copies between a client and a process's streams until one of them has enough. */
final class StreamPump {
    private static final int OUTPUT_BUFFER = 32 << 10;
    private static final int INPUT_BUFFER = 8 << 10;

    private final Attachment attachment;
    private final boolean stdin;
    private final DetachKeys.@Nullable Scanner detach;
    private volatile boolean detached;

    /** @param detach the keys to look for in what is typed; null for none */
    StreamPump(Attachment attachment, boolean stdin, DetachKeys.@Nullable Scanner detach) {
        this.attachment = requireNonNull(attachment, "attachment");
        this.stdin = stdin;
        this.detach = detach;
    }

    /**
     * Copies; returns when the process's output has ended, the client has left or typed the keys. The thread that reads
     * the client's input ends with that input.
     *
     * @return whether the client typed the keys
     */
    boolean run(StreamSession.Client client) {
        if (stdin) {
            InputStream input = client.input();
            Thread.ofVirtual().name("naru-stdin").start(() -> feed(input));
        }
        try (attachment) {
            copy(client.output());
        } catch (IOException left) {
            // The client or the process is gone; the session ends either way.
            return detached;
        }
        return detached;
    }

    private void copy(OutputStream output) throws IOException {
        byte[] bytes = new byte[OUTPUT_BUFFER];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (attachment.read(buffer.clear()) >= 0) {
            output.write(bytes, 0, buffer.position());
            output.flush();
        }
    }

    private void feed(InputStream input) {
        byte[] typed = new byte[INPUT_BUFFER];
        byte[] passed = detach == null ? typed : new byte[INPUT_BUFFER + detach.room()];
        try {
            int length;
            while ((length = input.read(typed)) >= 0) {
                int count = detach == null ? length : detach.scan(typed, length, passed);
                write(passed, count < 0 ? ~count : count);
                if (count < 0) {
                    detached = true;
                    attachment.close();
                    return;
                }
            }
            attachment.shutdownInput();
        } catch (IOException gone) {
            endInput();
        }
    }

    private void write(byte[] bytes, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        while (buffer.hasRemaining()) {
            attachment.write(buffer);
        }
    }

    /** A client that vanished types nothing more; what the process still says may concern others. */
    private void endInput() {
        try {
            attachment.shutdownInput();
        } catch (IOException gone) {
            attachment.close();
        }
    }
}
