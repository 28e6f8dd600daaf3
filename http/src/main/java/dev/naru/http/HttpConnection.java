package dev.naru.http;

import static java.util.Objects.requireNonNull;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client's connection: one request after the other, each answer read before the next. Used by one thread. */
public final class HttpConnection implements Closeable {
    private static final int CHUNK = 64 << 10;

    private final Transport transport;
    private final ConnectionInput input;
    private volatile boolean closed;

    public HttpConnection(Transport transport) {
        this.transport = requireNonNull(transport, "transport");
        this.input = new ConnectionInput(transport);
    }

    /**
     * Sends a request and waits for the head of its answer.
     *
     * @param target path and query, encoded
     * @param body null for none; of unknown length, sent in chunks
     */
    public Response send(String method, String target, Headers headers, @Nullable InputStream body) throws IOException {
        headers.set("Transfer-Encoding", "chunked");
        if (body == null) {
            headers.remove("Transfer-Encoding");
            writeHead(method, target, headers, new byte[0]);
        } else {
            writeHead(method, target, headers, new byte[0]);
            writeChunks(body);
        }
        return response(method);
    }

    /** Sends a request with a body of known length, in one write. */
    public Response send(String method, String target, Headers headers, byte[] body) throws IOException {
        if (body.length > 0 || method.equals("POST")) {
            headers.set("Content-Length", Integer.toString(body.length));
        }
        writeHead(method, target, headers, body);
        return response(method);
    }

    /**
     * Takes the connection over after an answer of 101, or of 200 to a request that ends HTTP. Whoever has it must close
     * it.
     */
    public Hijacked hijack() {
        return new Hijacked(input, transport);
    }

    /** Whether another request can be sent. */
    public boolean open() {
        return !closed;
    }

    private void writeHead(String method, String target, Headers headers, byte[] body) throws IOException {
        var text =
                new StringBuilder(256).append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        if (headers.get("Host") == null) {
            text.append("Host: api.moby.localhost\r\n");
        }
        headers.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        byte[] head = text.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
        byte[] all = java.util.Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        transport.write(all, 0, all.length);
    }

    private void writeChunks(InputStream body) throws IOException {
        var output = new BodyOutput(new TransportOutput(transport), true);
        byte[] buffer = new byte[CHUNK];
        try {
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                output.write(buffer, 0, count);
                output.flush();
            }
            output.close();
        } catch (java.net.SocketException | java.nio.channels.ClosedChannelException e) {
            // The server may have answered and stopped reading; its answer says why.
            closed = true;
        }
    }

    private Response response(String method) throws IOException {
        Head head = Head.read(input, Limits.DEFAULT);
        while (head != null && head.firstLine().startsWith("HTTP/1.1 100")) {
            head = Head.read(input, Limits.DEFAULT);
        }
        if (head == null) {
            closed = true;
            throw new java.io.EOFException("connection closed before an answer");
        }
        int status = status(head.firstLine());
        if (head.headers().hasToken("Connection", "close") || status == 101) {
            closed = true;
        }
        return new Response(status, head.headers(), body(method, status, head), this);
    }

    private Body body(String method, int status, Head head) throws HttpException {
        if (method.equals("HEAD") || status == 204 || status == 304 || status == 101) {
            return new FixedBody(input, 0, () -> {});
        }
        if (head.headers().get("Content-Length") == null && head.headers().get("Transfer-Encoding") == null) {
            closed = true;
            return new RestBody(input);
        }
        return Body.of(head.headers(), input, () -> {});
    }

    private static int status(String line) throws HttpException {
        if (line.length() < 12 || !line.startsWith("HTTP/1.") || line.charAt(8) != ' ') {
            throw new HttpException(502, "not an HTTP answer: " + line.substring(0, Math.min(40, line.length())));
        }
        try {
            return Integer.parseInt(line, 9, 12, 10);
        } catch (NumberFormatException e) {
            throw new HttpException(502, "malformed status line");
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        transport.close();
    }
}
