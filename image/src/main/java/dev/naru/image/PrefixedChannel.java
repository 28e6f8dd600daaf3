package dev.naru.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** A channel whose first bytes have been looked at. */
final class PrefixedChannel implements ReadableByteChannel {
    private final ByteBuffer prefix;
    private final ReadableByteChannel source;

    private PrefixedChannel(ByteBuffer prefix, ReadableByteChannel source) {
        this.prefix = prefix;
        this.source = source;
    }

    /** Reads up to {@code size} bytes ahead. */
    static PrefixedChannel peek(ReadableByteChannel source, int size) throws IOException {
        ByteBuffer prefix = ByteBuffer.allocate(size);
        while (prefix.hasRemaining() && source.read(prefix) >= 0) {}
        return new PrefixedChannel(prefix.flip(), source);
    }

    /** The bytes read ahead. */
    ByteBuffer prefix() {
        return prefix.asReadOnlyBuffer();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!prefix.hasRemaining()) {
            return source.read(target);
        }
        int size = Math.min(prefix.remaining(), target.remaining());
        target.put(prefix.slice(prefix.position(), size));
        prefix.position(prefix.position() + size);
        return size;
    }

    @Override
    public boolean isOpen() {
        return source.isOpen();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
