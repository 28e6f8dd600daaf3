package dev.naru.registry;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.LongConsumer;

/** A request's body, which can be sent again. */
interface Payload {
    Payload NONE = () -> BodyPublishers.noBody();

    BodyPublisher publisher() throws IOException;

    static Payload of(byte[] content) {
        return () -> BodyPublishers.ofByteArray(content);
    }

    /**
     * A piece of a file. Only some buffers of it are in memory.
     *
     * @param sent told how many of its bytes have been handed over so far
     */
    static Payload of(FileChannel file, long offset, long length, LongConsumer sent) {
        return () -> {
            if (length == 0) {
                return BodyPublishers.noBody();
            }
            if (!file.isOpen()) {
                throw new FileNotFoundException("closed");
            }
            return new PulledBody(() -> new Pieces(file, offset, offset + length, sent), length);
        };
    }

    /** A file's bytes as arrays. */
    final class Pieces implements Iterator<byte[]> {
        private static final int SIZE = 64 * 1024;

        private final FileChannel file;
        private final long start;
        private final long end;
        private final LongConsumer sent;
        private long at;

        Pieces(FileChannel file, long offset, long end, LongConsumer sent) {
            this.file = file;
            this.start = offset;
            this.at = offset;
            this.end = end;
            this.sent = sent;
        }

        @Override
        public boolean hasNext() {
            return at < end;
        }

        @Override
        public byte[] next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            byte[] piece = new byte[(int) Math.min(SIZE, end - at)];
            ByteBuffer buffer = ByteBuffer.wrap(piece);
            try {
                while (buffer.hasRemaining()) {
                    if (file.read(buffer, at + buffer.position()) < 0) {
                        throw new IOException("the blob became shorter");
                    }
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            at += piece.length;
            sent.accept(at - start);
            return piece;
        }
    }
}
