package dev.naru.image;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.MediaTypes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;

/** How a stream is compressed, found from its first bytes. */
public enum Compression {
    NONE(MediaTypes.LAYER),
    GZIP(MediaTypes.LAYER_GZIP),
    ZSTD(MediaTypes.LAYER_ZSTD);

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

    /**
     * The compression of a stream that begins so.
     *
     * @throws NaruException NOT_SUPPORTED for bzip2 and xz
     */
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
        if (begins(start, 'B', 'Z', 'h') || begins(start, 0xfd, '7', 'z', 'X', 'Z')) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "cannot read the archive",
                    "it is compressed with bzip2 or xz",
                    "compress it with gzip or zstd, or not at all");
        }
        return NONE;
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
            case ZSTD -> Channels.newChannel(new ZstdInputStreamNoFinalizer(Channels.newInputStream(source)));
        };
    }

    /** The plain content of a stream of unknown compression. */
    public static ReadableByteChannel plain(ReadableByteChannel source) throws IOException {
        var prefixed = PrefixedChannel.peek(source, MAGIC);
        return of(prefixed.prefix()).reader(prefixed);
    }
}
