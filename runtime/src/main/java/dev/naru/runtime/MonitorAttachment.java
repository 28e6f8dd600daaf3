package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An attachment over a connection to the monitor, which frames the output itself. */
final class MonitorAttachment implements Attachment {
    private final MonitorSocket socket;
    private final boolean raw;

    MonitorAttachment(MonitorSocket socket, boolean raw) {
        this.socket = requireNonNull(socket, "socket");
        this.raw = raw;
    }

    @Override
    public int read(ByteBuffer output) throws IOException {
        return socket.channel().read(output);
    }

    @Override
    public void write(ByteBuffer input) throws IOException {
        while (input.hasRemaining()) {
            socket.channel().write(input);
        }
    }

    @Override
    public void shutdownInput() throws IOException {
        socket.channel().shutdownOutput();
    }

    @Override
    public boolean raw() {
        return raw;
    }

    @Override
    public void close() {
        socket.close();
    }
}
