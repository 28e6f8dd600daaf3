package dev.naru.http;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A body that lasts until the connection ends: a response without a length. */
final class RestBody extends Body {
    private final ConnectionInput input;

    RestBody(ConnectionInput input) {
        this.input = input;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        return input.read(bytes, offset, count);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return into.hasRemaining() ? input.read(into) : 0;
    }

    @Override
    public int available() {
        return input.available();
    }

    @Override
    boolean finished() {
        return false;
    }
}
