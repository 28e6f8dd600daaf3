package dev.naru.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.function.LongConsumer;

/** A channel that tells how many bytes each reading brought. */
record CountingChannel(ReadableByteChannel source, LongConsumer counter) implements ReadableByteChannel {
    @Override
    public int read(ByteBuffer target) throws IOException {
        int count = source.read(target);
        if (count > 0) {
            counter.accept(count);
        }
        return count;
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
