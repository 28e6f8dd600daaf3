package dev.naru.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.Socket;

/** A socket with TLS. With TLS 1.3 the directions end independently; older versions end both. */
final class SocketTransport implements Transport {
    private final Socket socket;

    SocketTransport(Socket socket) {
        this.socket = requireNonNull(socket, "socket");
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
        socket.close();
    }
}
