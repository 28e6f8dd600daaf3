package dev.naru.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 over a unix or TCP socket, kept alive between requests. */
final class SocketConnection implements EngineConnection {
    private static final String VERSION = "1.51";

    private final String host;
    private @Nullable SocketChannel channel;
    private @Nullable InputStream input;

    SocketConnection(String host) {
        this.host = host;
    }

    @Override
    public Reply send(String method, String path, @Nullable String json) {
        byte[] body = json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
        try {
            InputStream in = open();
            String head = head(method, path)
                    + (json == null ? "" : "Content-Type: application/json\r\n")
                    + (json != null || !method.equals("GET") ? "Content-Length: " + body.length + "\r\n" : "")
                    + "\r\n";
            write(head, body);
            return checked(reply(method, in));
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    @Override
    public Reply upload(String method, String path, String contentType, InputStream body) {
        try {
            InputStream in = open();
            write(
                    head(method, path) + "Content-Type: " + contentType + "\r\nTransfer-Encoding: chunked\r\n\r\n",
                    new byte[0]);
            OutputStream out = Channels.newOutputStream(java.util.Objects.requireNonNull(channel));
            byte[] buffer = new byte[1 << 16];
            try {
                int count;
                while ((count = body.read(buffer)) > 0) {
                    out.write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                    out.write(buffer, 0, count);
                    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                }
                out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            } catch (IOException refusedEarly) {
                // The engine may answer an error and close before it has read everything: its answer says why.
                return checked(reply(method, in));
            }
            return checked(reply(method, in));
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    @Override
    public Hijacked hijack(String path, @Nullable String json) {
        byte[] body = json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
        try {
            InputStream in = open();
            write(
                    head("POST", path) + "Connection: Upgrade\r\nUpgrade: tcp\r\n"
                            + (json == null ? "" : "Content-Type: application/json\r\n") + "Content-Length: "
                            + body.length + "\r\n\r\n",
                    body);
            int status = status(in);
            Map<String, String> headers = headers(in);
            if (status != 101 && status != 200) {
                checked(new Reply(status, headers, body(headers, in)));
            }
            SocketChannel taken = java.util.Objects.requireNonNull(channel);
            channel = null;
            input = null;
            return new Stream(taken, in, headers);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    @Override
    public EngineConnection another() {
        return new SocketConnection(host);
    }

    @Override
    public String apiVersion() {
        return VERSION;
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            channel = null;
        }
    }

    private record Stream(SocketChannel channel, InputStream input, Map<String, String> headers) implements Hijacked {
        @Override
        public OutputStream output() {
            return Channels.newOutputStream(channel);
        }

        @Override
        public void shutdownOutput() throws IOException {
            channel.shutdownOutput();
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                return;
            }
        }
    }

    private InputStream open() throws IOException {
        if (channel == null || input == null) {
            channel = SocketChannel.open(address());
            input = new BufferedInputStream(Channels.newInputStream(channel), 1 << 14);
        }
        return input;
    }

    private SocketAddress address() {
        if (host.startsWith("unix://")) {
            return UnixDomainSocketAddress.of(host.substring(7));
        }
        if (host.startsWith("tcp://")) {
            String place = host.substring(6);
            int colon = place.lastIndexOf(':');
            return new InetSocketAddress(
                    colon < 0 ? place : place.substring(0, colon),
                    colon < 0 ? 2375 : Integer.parseInt(place.substring(colon + 1)));
        }
        throw new CliException("unable to parse docker host \"" + host + "\": use unix://PATH or tcp://HOST:PORT");
    }

    private static String head(String method, String path) {
        return method + " /v" + VERSION + path + " HTTP/1.1\r\nHost: naru\r\nUser-Agent: naru\r\n";
    }

    private void write(String head, byte[] body) throws IOException {
        byte[] start = head.getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[start.length + body.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(body, 0, all, start.length, body.length);
        Channels.newOutputStream(java.util.Objects.requireNonNull(channel)).write(all);
    }

    private Reply reply(String method, InputStream in) throws IOException {
        int status = status(in);
        Map<String, String> headers = headers(in);
        boolean empty = method.equals("HEAD") || status == 204 || status == 304;
        if ("close".equals(headers.get("connection"))) {
            channel = null;
            input = null;
        }
        return new Reply(status, headers, empty ? InputStream.nullInputStream() : body(headers, in));
    }

    private static Reply checked(Reply reply) throws IOException {
        if (reply.status() < 400) {
            return reply;
        }
        byte[] bytes = reply.bytes();
        String message;
        try {
            message = Json.text(Json.read(bytes), "message");
        } catch (CliException notJson) {
            message = "";
        }
        String text = message.isEmpty() ? new String(bytes, StandardCharsets.UTF_8).strip() : message;
        throw new EngineRefusal(reply.status(), text.isEmpty() ? "status " + reply.status() : text);
    }

    private int status(InputStream in) throws IOException {
        String line = line(in);
        int space = line.indexOf(' ');
        if (!line.startsWith("HTTP/1.") || space < 0 || line.length() < space + 4) {
            throw new IOException("not an HTTP answer: " + line);
        }
        int status = Integer.parseInt(line.substring(space + 1, space + 4));
        if (status == 100) {
            headers(in);
            return status(in);
        }
        return status;
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new HashMap<>();
        String line;
        while (!(line = line(in)).isEmpty()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return headers;
    }

    private static InputStream body(Map<String, String> headers, InputStream in) {
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            return new ReplyBody(in, -1);
        }
        String length = headers.get("content-length");
        return length == null ? in : new ReplyBody(in, Long.parseLong(length));
    }

    static String line(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream(64);
        int b;
        while ((b = in.read()) != '\n') {
            if (b < 0) {
                throw new IOException("the engine closed the connection");
            }
            if (b != '\r') {
                bytes.write(b);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private CliException unreachable(IOException e) {
        channel = null;
        input = null;
        return new CliException("cannot connect to the engine at " + host + ": " + e.getMessage()
                + " — is it running? narud starts it");
    }
}
