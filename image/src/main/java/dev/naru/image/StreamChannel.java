package dev.naru.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** A stream as a channel that asks for as much at once as its reader has room for; the JDK's asks for 8 KiB. */
public final class StreamChannel implements ReadableByteChannel {
    /** What a socket gives at once. */
    private static final int LARGEST = 64 * 1024;

    private final InputStream stream;
    private byte[] piece = new byte[0];
    private boolean open = true;

    public StreamChannel(InputStream stream) {
        this.stream = stream;
    }

    /** The stream itself where it is a channel too, as the body of a request is: it fills direct buffers without a copy. */
    public static ReadableByteChannel of(InputStream stream) {
        return stream instanceof ReadableByteChannel channel ? channel : new StreamChannel(stream);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int most = Math.min(target.remaining(), LARGEST);
        if (target.hasArray()) {
            int count = stream.read(target.array(), target.arrayOffset() + target.position(), most);
            target.position(target.position() + Math.max(0, count));
            return count;
        }
        if (piece.length < most) {
            piece = new byte[most];
        }
        int count = stream.read(piece, 0, most);
        if (count > 0) {
            target.put(piece, 0, count);
        }
        return count;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() throws IOException {
        open = false;
        stream.close();
    }
}
