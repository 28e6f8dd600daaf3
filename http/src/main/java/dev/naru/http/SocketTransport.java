package dev.naru.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** A socket with TLS. With TLS 1.3 the directions end independently; older versions end both. */
final class SocketTransport implements Transport {
    private final Socket socket;
    private final @Nullable ChannelTransport below;

    SocketTransport(Socket socket) {
        this(socket, null);
    }

    /** @param below what the socket's bytes go over; closed in its place, because TLS says good-bye and waits for its turn */
    SocketTransport(Socket socket, @Nullable ChannelTransport below) {
        this.socket = requireNonNull(socket, "socket");
        this.below = below;
    }

    @Override
    public boolean idle() throws IOException {
        return below == null || below.idle();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return socket.getInputStream().read(bytes, offset, length);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        socket.getOutputStream().write(bytes, offset, length);
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        if (below == null) {
            socket.close();
        } else {
            below.close();
        }
    }
}
