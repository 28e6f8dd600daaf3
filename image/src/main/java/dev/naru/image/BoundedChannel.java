package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.atomic.LongAdder;

/** A decompressed stream that ends with an error when it becomes too much for what it came from. */
final class BoundedChannel implements ReadableByteChannel {
    /** So much is never too much: a few zeros in a small layer are nothing to complain of. */
    private static final long FREE = 1L << 30;

    private final LongAdder compressed;
    private final ReadableByteChannel plain;
    private final UnpackLimits limits;
    private final long free;
    private long count;

    private BoundedChannel(LongAdder compressed, ReadableByteChannel plain, UnpackLimits limits, long free) {
        this.compressed = compressed;
        this.plain = plain;
        this.limits = limits;
        this.free = free;
    }

    /** The plain content of a stream of a compression that is known. */
    static ReadableByteChannel of(Compression compression, ReadableByteChannel source, UnpackLimits limits)
            throws IOException {
        return of(compression, source, limits, FREE);
    }

    static ReadableByteChannel of(Compression compression, ReadableByteChannel source, UnpackLimits limits, long free)
            throws IOException {
        if (compression == Compression.NONE) {
            return source;
        }
        var compressed = new LongAdder();
        var counted = new CountingChannel(source, compressed::add);
        return new BoundedChannel(compressed, compression.reader(counted), limits, free);
    }

    /** The plain content of a stream of unknown compression. */
    static ReadableByteChannel plain(ReadableByteChannel source, UnpackLimits limits) throws IOException {
        var prefixed = PrefixedChannel.peek(source, Compression.MAGIC);
        return of(Compression.of(prefixed.prefix()), prefixed, limits);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int read = plain.read(target);
        count += Math.max(0, read);
        if (count > limits.layerBytes()) {
            throw tooMuch("it has more than " + limits.layerBytes() + " bytes", "layer-max-size");
        }
        if (count > free && count / limits.ratio() > compressed.sum()) {
            throw tooMuch("it has more than " + limits.ratio() + " times its compressed size", "layer-max-ratio");
        }
        return read;
    }

    private static NaruException tooMuch(String reason, String setting) {
        return new NaruException(
                ErrorKind.INVALID,
                "cannot decompress the archive",
                reason,
                "raise " + setting + " of the engine if you trust it");
    }

    @Override
    public boolean isOpen() {
        return plain.isOpen();
    }

    @Override
    public void close() throws IOException {
        plain.close();
    }
}
