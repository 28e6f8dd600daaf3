package dev.naru.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** The answer to a client's request; its body must be read to the end before the connection serves another one. */
public final class Response {
    private final int status;
    private final Headers headers;
    private final Body body;
    private final HttpConnection connection;

    Response(int status, Headers headers, Body body, HttpConnection connection) {
        this.status = status;
        this.headers = requireNonNull(headers, "headers");
        this.body = requireNonNull(body, "body");
        this.connection = requireNonNull(connection, "connection");
    }

    public int status() {
        return status;
    }

    public Headers headers() {
        return headers;
    }

    /** Ends with the body, however that is delimited. */
    public InputStream body() {
        return body;
    }

    /** Reads from the body, without a copy into a direct buffer where the connection can; -1 at the end. */
    public int read(ByteBuffer into) throws IOException {
        return body.read(into);
    }

    public HttpConnection connection() {
        return connection;
    }

    /** Whether the body was read to its end and the connection can serve another request. */
    public boolean reusable() {
        return body.finished() && connection.open();
    }
}
