package dev.naru.api;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Exchange;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** A body whose head goes out with its first byte, so that an error before that still has its status. */
final class LateStream extends OutputStream {
    private final Exchange exchange;
    private final String contentType;
    private @Nullable OutputStream output;

    LateStream(Exchange exchange, String contentType) {
        this.exchange = requireNonNull(exchange, "exchange");
        this.contentType = requireNonNull(contentType, "contentType");
    }

    @Override
    public void write(int b) throws IOException {
        open().write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        open().write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
        open().flush();
    }

    /** Sends the head now. */
    OutputStream open() throws IOException {
        if (output == null) {
            exchange.headers().set("Content-Type", contentType);
            output = exchange.stream(200);
        }
        return output;
    }
}
