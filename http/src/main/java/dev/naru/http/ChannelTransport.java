package dev.naru.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A Unix or TCP socket without encryption. */
final class ChannelTransport implements Transport {
    /** A channel copies through a direct buffer as big as the write and keeps it for each carrier thread. */
    private static final int LARGEST_COPY = 64 << 10;

    private final SocketChannel channel;

    ChannelTransport(SocketChannel channel) {
        this.channel = requireNonNull(channel, "channel");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(bytes, offset, Math.min(length, LARGEST_COPY)));
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(bytes, offset, length);
        int end = all.limit();
        while (all.position() < end) {
            all.limit(Math.min(end, all.position() + LARGEST_COPY));
            channel.write(all);
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
