package dev.naru.image;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.naru.oci.MediaTypes;
import dev.naru.store.Blobs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;

/** How a stream is compressed, found from its first bytes. */
public enum Compression {
    NONE(MediaTypes.LAYER),
    GZIP(MediaTypes.LAYER_GZIP),
    ZSTD(MediaTypes.LAYER_ZSTD),
    // The specification has no types for these two, which only archives of other tools bring.
    BZIP2(MediaTypes.LAYER + "+bzip2"),
    XZ(MediaTypes.LAYER + "+xz");

    /** How many bytes {@link #of} needs. */
    public static final int MAGIC = 6;

    private final String layerType;

    Compression(String layerType) {
        this.layerType = layerType;
    }

    /** The media type of a layer so compressed. */
    public String layerType() {
        return layerType;
    }

    /** The compression of a stream that begins so. */
    public static Compression of(ByteBuffer start) {
        if (begins(start, 0x1f, 0x8b)) {
            return GZIP;
        }
        boolean skippable = start.remaining() >= 4
                && (start.get(start.position()) & 0xf0) == 0x50
                && begins(start, start.get(start.position()) & 0xff, 0x2a, 0x4d, 0x18);
        if (begins(start, 0x28, 0xb5, 0x2f, 0xfd) || skippable) {
            return ZSTD;
        }
        if (begins(start, 'B', 'Z', 'h') && start.remaining() >= MAGIC && isBzip2Block(start)) {
            return BZIP2;
        }
        if (begins(start, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            return XZ;
        }
        return NONE;
    }

    /** The compression of a blob of a store. */
    static Compression of(Blobs blobs, String digest) {
        if (blobs.isDeferred(digest)) {
            return NONE;
        }
        ByteBuffer start = ByteBuffer.allocate(MAGIC);
        try (FileChannel file = blobs.open(digest)) {
            file.read(start, 0);
        } catch (IOException failure) {
            throw Failures.of("cannot read blob " + digest, failure);
        }
        return of(start.flip());
    }

    /** A level, and the first digits of pi or of its square root, with which a block or the end begins. */
    private static boolean isBzip2Block(ByteBuffer start) {
        int level = start.get(start.position() + 3);
        int first = (start.get(start.position() + 4) & 0xff) << 8 | (start.get(start.position() + 5) & 0xff);
        return level >= '1' && level <= '9' && (first == 0x3141 || first == 0x1772);
    }

    private static boolean begins(ByteBuffer start, int... magic) {
        if (start.remaining() < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((start.get(start.position() + i) & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /** The stream's plain content. */
    public ReadableByteChannel reader(ReadableByteChannel source) throws IOException {
        return switch (this) {
            case NONE -> source;
            case GZIP -> new GzipChannel(source);
            case ZSTD -> new StreamChannel(new ZstdInputStreamNoFinalizer(Channels.newInputStream(source)));
            case BZIP2 -> SlowCodecs.bzip2(source);
            case XZ -> SlowCodecs.xz(source);
        };
    }

    /** The plain content of a stream of unknown compression. */
    public static ReadableByteChannel plain(ReadableByteChannel source) throws IOException {
        var prefixed = PrefixedChannel.peek(source, MAGIC);
        return of(prefixed.prefix()).reader(prefixed);
    }
}
