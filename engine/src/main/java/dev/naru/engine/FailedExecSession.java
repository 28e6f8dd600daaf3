package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Tells a client in its stream why a process could not be started, as Docker does. */
final class FailedExecSession implements StreamSession {
    private static final int STDOUT = 1;

    private final boolean tty;
    private final String reason;

    FailedExecSession(boolean tty, String reason) {
        this.tty = tty;
        this.reason = requireNonNull(reason, "reason");
    }

    @Override
    public boolean tty() {
        return tty;
    }

    @Override
    public void serve(Client client) throws IOException {
        byte[] text = (reason + "\r\n").getBytes(StandardCharsets.UTF_8);
        if (!tty) {
            client.output()
                    .write(ByteBuffer.allocate(8)
                            .put(0, (byte) STDOUT)
                            .putInt(4, text.length)
                            .array());
        }
        client.output().write(text);
        client.output().flush();
    }

    @Override
    public void close() {}
}
