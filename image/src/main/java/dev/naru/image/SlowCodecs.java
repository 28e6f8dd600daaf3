package dev.naru.image;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.ZipException;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/** The codecs of archives that other tools made: apart, so that their libraries are loaded only for one of those. */
final class SlowCodecs {
    /** {@code xz -9} wants 65 MiB; a stream that wants more is refused. */
    private static final int XZ_MEMORY_KIB = 100 * 1024;

    private static final int BUFFER = 64 * 1024;

    private SlowCodecs() {}

    private interface Opening {
        InputStream open(InputStream source) throws IOException;
    }

    static ReadableByteChannel bzip2(ReadableByteChannel source) throws IOException {
        return opened("bzip2", source, stream -> new BZip2CompressorInputStream(stream, true));
    }

    static ReadableByteChannel xz(ReadableByteChannel source) throws IOException {
        return opened("xz", source, stream -> new XZInputStream(stream, XZ_MEMORY_KIB));
    }

    private static ReadableByteChannel opened(String name, ReadableByteChannel source, Opening opening)
            throws IOException {
        try {
            return new Decoder(name, opening.open(new BufferedInputStream(Channels.newInputStream(source), BUFFER)));
        } catch (IOException | RuntimeException failure) {
            throw broken(name, failure);
        }
    }

    private static ZipException broken(String name, Exception cause) {
        var failure = new ZipException("the " + name + " stream is broken: " + cause.getMessage());
        failure.initCause(cause);
        return failure;
    }

    /** A decoder's output; whatever it complains of is the stream's fault. */
    private static final class Decoder implements ReadableByteChannel {
        private final String name;
        private final InputStream decoder;
        private final byte[] bytes = new byte[BUFFER];
        private boolean open = true;

        Decoder(String name, InputStream decoder) {
            this.name = name;
            this.decoder = decoder;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            try {
                int count = decoder.read(bytes, 0, Math.min(bytes.length, target.remaining()));
                if (count > 0) {
                    target.put(bytes, 0, count);
                }
                return count;
            } catch (IOException | RuntimeException failure) {
                throw broken(name, failure);
            }
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() throws IOException {
            open = false;
            decoder.close();
        }
    }
}
