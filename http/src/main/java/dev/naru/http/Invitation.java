package dev.naru.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Tells a client that waits for it to send its body, once and before any answer (RFC 9110 section 10.1.1). A client that
 * hears neither waits for a second or so, and after a final answer it may keep its body for itself.
 */
final class Invitation implements Runnable {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private final Transport transport;
    private @Nullable Exchange waiting;

    Invitation(Transport transport) {
        this.transport = requireNonNull(transport, "transport");
    }

    /** Its client waits. */
    void of(Exchange exchange) {
        waiting = exchange;
    }

    @Override
    public void run() {
        Exchange exchange = waiting;
        waiting = null;
        if (exchange == null || exchange.answered()) {
            return;
        }
        try {
            transport.write(CONTINUE, 0, CONTINUE.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
