package dev.naru.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A server on a Unix socket of its own, and clients that say exactly what they are told. */
final class ServerFixture implements AutoCloseable {
    final Path directory;
    final Path socket;
    final HttpServer server;

    ServerFixture(Handler handler) throws IOException {
        this(handler, Limits.DEFAULT);
    }

    ServerFixture(Handler handler, Limits limits) throws IOException {
        directory = Files.createTempDirectory("naru-http");
        socket = directory.resolve("s");
        server = new HttpServer(handler, limits);
        server.listen(new ListenAddress.Unix(socket, null));
    }

    SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    HttpConnection connection() throws IOException {
        return new HttpConnection(Transports.unix(socket));
    }

    /** Sends a text, ends its direction, and reads to the end. */
    String say(String text) throws IOException {
        try (SocketChannel channel = connect()) {
            write(channel, text);
            channel.shutdownOutput();
            return readAll(channel);
        }
    }

    static void write(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    static String readAll(SocketChannel channel) throws IOException {
        var all = new ByteArrayOutputStream();
        Channels.newInputStream(channel).transferTo(all);
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads until the text has come. */
    static String readUntil(SocketChannel channel, String end) throws IOException {
        var all = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (all.indexOf(end) < 0 && channel.read(one) == 1) {
            all.append((char) (one.get(0) & 0xff));
            one.clear();
        }
        return all.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
        Files.delete(directory);
    }
}
