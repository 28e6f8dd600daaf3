package dev.naru.http;

import java.io.IOException;
import java.io.OutputStream;

/** Writes straight to the peer. Closing it ends our direction only. */
final class TransportOutput extends OutputStream {
    private final Transport transport;

    TransportOutput(Transport transport) {
        this.transport = transport;
    }

    @Override
    public void write(int b) throws IOException {
        transport.write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > 0) {
            transport.write(bytes, offset, length);
        }
    }

    @Override
    public void close() throws IOException {
        transport.shutdownOutput();
    }
}
