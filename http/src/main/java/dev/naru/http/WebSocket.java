package dev.naru.http;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The server's side of a websocket, RFC 6455: each write becomes a binary message, each message's payload is read. */
public final class WebSocket implements Closeable {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final Hijacked connection;
    private final WebSocketOutput output;
    private final WebSocketInput input;

    private WebSocket(Hijacked connection) {
        this.connection = requireNonNull(connection, "connection");
        this.output = new WebSocketOutput(connection.output());
        this.input = new WebSocketInput(connection.input(), output);
    }

    /**
     * Checks that a request asks for a websocket.
     *
     * @throws NaruException INVALID when it does not
     */
    public static void requireHandshake(Request request) {
        if (!request.upgradesTo("websocket") || request.headers().get("Sec-WebSocket-Key") == null) {
            throw NaruException.invalid("not websocket protocol");
        }
        if (!request.headers().get("Sec-WebSocket-Version", "").equals("13")) {
            throw NaruException.invalid("missing or bad WebSocket Version");
        }
    }

    /** Answers the handshake. */
    public static WebSocket accept(Exchange exchange) throws IOException {
        String key = exchange.request().headers().get("Sec-WebSocket-Key", "");
        exchange.headers().set("Sec-WebSocket-Accept", answer(key));
        return new WebSocket(exchange.hijack());
    }

    static String answer(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The payloads of data messages; ends with the client's close message. */
    public InputStream input() {
        return input;
    }

    public OutputStream output() {
        return output;
    }

    /** Says goodbye and ends our direction. */
    @Override
    public void close() throws IOException {
        output.close();
        connection.output().close();
    }
}
