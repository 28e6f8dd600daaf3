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
    private static final int MOST_INTERIM = 20;

    private final Transport transport;
    private final ConnectionInput input;
    private volatile boolean closed;
    /** The head of an answer that came before the end of its request. */
    private @Nullable Head early;

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
     * Sends a request with a body that is written on the way. An answer of 3xx to 5xx that comes before the body's end is
     * taken at once, and the connection serves no other request then.
     */
    public Response send(String method, String target, Headers headers, RequestBody body) throws IOException {
        long length = body.length();
        boolean bodiless = length == 0 && (method.equals("GET") || method.equals("HEAD") || method.equals("DELETE"));
        if (length < 0) {
            headers.set("Transfer-Encoding", "chunked");
        } else if (!bodiless) {
            headers.set("Content-Length", Long.toString(length));
        }
        writeHead(method, target, headers, new byte[0]);
        early = null;
        var sink = new RequestSink(transport, length, this::refused);
        closed |= !sink.send(body);
        try {
            return response(method);
        } catch (IOException noAnswer) {
            IOException cut = sink.failure();
            if (cut == null) {
                throw noAnswer;
            }
            cut.addSuppressed(noAnswer);
            throw cut;
        }
    }

    /** Whether the server has refused what is being sent. */
    private boolean refused() throws IOException {
        while (early == null && transport.readable()) {
            Head head = Head.read(input, Limits.DEFAULT);
            if (head == null) {
                return true;
            }
            early = interim(head) ? null : head;
        }
        return early != null && status(early.firstLine()) >= 300;
    }

    private static boolean interim(Head head) throws HttpException {
        int status = status(head.firstLine());
        return status < 200 && status != 101;
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
        Head head = early != null ? early : Head.read(input, Limits.DEFAULT);
        for (int i = 0; head != null && interim(head); i++) {
            if (i == MOST_INTERIM) {
                throw new HttpException(502, "too many interim answers");
            }
            head = Head.read(input, Limits.DEFAULT);
        }
        early = null;
        if (head == null) {
            closed = true;
            throw new java.io.EOFException("connection closed before an answer");
        }
        int status = status(head.firstLine());
        boolean old = head.firstLine().startsWith("HTTP/1.0") && !head.headers().hasToken("Connection", "keep-alive");
        if (old || head.headers().hasToken("Connection", "close") || status == 101) {
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
