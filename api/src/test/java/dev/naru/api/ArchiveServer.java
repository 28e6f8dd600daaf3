package dev.naru.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Answers {@code /tar} with a body and everything else with 404. */
final class ArchiveServer implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());

    ArchiveServer() throws IOException {
        Thread.ofVirtual().start(this::serve);
    }

    String address() {
        return "http://127.0.0.1:" + socket.getLocalPort() + "/tar";
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                String path = path(client.getInputStream());
                String answer = path.equals("/tar")
                        ? "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntar"
                        : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException closed) {
                // The next client, or none any more.
            }
        }
    }

    private static String path(InputStream request) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = request.read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return head.toString().split(" ", 3)[1];
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
