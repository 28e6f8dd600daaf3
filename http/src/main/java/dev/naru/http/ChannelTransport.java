package dev.naru.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/** A Unix or TCP socket without encryption. */
final class ChannelTransport implements Transport {
    /**
     * A channel copies through a direct buffer as big as the write and keeps it for each carrier thread. A chunk of 64 KiB
     * goes in one write with its size line.
     */
    private static final int LARGEST_COPY = (64 << 10) + 16;

    /** So that a transfer can be interrupted. */
    private static final int LARGEST_TRANSFER = 4 << 20;

    private final SocketChannel channel;

    ChannelTransport(SocketChannel channel) {
        this.channel = requireNonNull(channel, "channel");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(bytes, offset, Math.min(length, LARGEST_COPY)));
    }

    /** Without a copy into a direct buffer. */
    @Override
    public int read(ByteBuffer into) throws IOException {
        if (into.isDirect()) {
            return channel.read(into);
        }
        ByteBuffer part = into.slice(into.position(), Math.min(into.remaining(), LARGEST_COPY));
        int count = channel.read(part);
        into.position(into.position() + part.position());
        return count;
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

    /** The kernel copies from file to socket; where the socket is full, one ordinary write waits for room. */
    @Override
    public void write(FileChannel file, long position, long length) throws IOException {
        long at = position;
        long end = position + length;
        while (at < end) {
            long count = file.transferTo(at, Math.min(end - at, LARGEST_TRANSFER), channel);
            if (count <= 0) {
                long part = Math.min(end - at, LARGEST_COPY);
                Transport.super.write(file, at, part);
                count = part;
            }
            at += count;
        }
    }

    @Override
    public boolean readable() throws IOException {
        return tcp() && channel.socket().getInputStream().available() > 0;
    }

    @Override
    public boolean idle() throws IOException {
        channel.configureBlocking(false);
        try {
            return channel.read(ByteBuffer.allocate(1)) == 0;
        } finally {
            channel.configureBlocking(true);
        }
    }

    private boolean tcp() throws IOException {
        return channel.getLocalAddress() instanceof InetSocketAddress;
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
