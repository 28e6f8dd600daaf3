package dev.naru.http;

import static java.util.Objects.requireNonNull;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A connection that has left HTTP: raw bytes, each direction ended by itself. */
public final class Hijacked implements Closeable {
    private final ConnectionInput input;
    private final Transport transport;
    private final OutputStream output;

    Hijacked(ConnectionInput input, Transport transport) {
        this.input = requireNonNull(input, "input");
        this.transport = requireNonNull(transport, "transport");
        this.output = new TransportOutput(transport);
    }

    /** Ends when the peer ends its direction. Closing it does nothing. */
    public InputStream input() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                return input.read();
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return input.read(bytes, offset, length);
            }

            @Override
            public int available() {
                return input.available();
            }
        };
    }

    /** Each write is sent at once. Closing it ends our direction; the input goes on. */
    public OutputStream output() {
        return output;
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }
}
