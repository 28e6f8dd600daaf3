package dev.naru.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The file of an EROFS image being written from front to back in large pieces. */
final class ErofsOutput implements AutoCloseable {
    private static final int BUFFER = 512 * 1024;

    private final FileChannel file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final int blockBits;
    private long written;

    /** Makes the file. */
    ErofsOutput(Path path, int blockBits) throws IOException {
        this.file = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        this.blockBits = blockBits;
    }

    long position() {
        return written + buffer.position();
    }

    /** Fills up to the next block with zeros; answers its number. */
    long align() throws IOException {
        long mask = (1L << blockBits) - 1;
        skip(-position() & mask);
        return position() >> blockBits;
    }

    void write(ByteBuffer bytes) {
        if (bytes.remaining() > buffer.remaining()) {
            flush();
        }
        if (bytes.remaining() >= BUFFER / 4) {
            // What is small is gathered, what is large goes by without a copy.
            flush();
            written += bytes.remaining();
            put(bytes);
        } else {
            buffer.put(bytes);
        }
    }

    /** Leaves zeros: a few are written, many are a hole. */
    void skip(long count) throws IOException {
        if (count > buffer.remaining()) {
            flush();
        }
        if (count > buffer.remaining()) {
            written += count;
            file.position(written);
        } else {
            for (long i = count; i > 0; i--) {
                buffer.put((byte) 0);
            }
        }
    }

    private void flush() {
        buffer.flip();
        written += buffer.remaining();
        put(buffer);
        buffer.clear();
    }

    private void put(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException failure) {
            // Not to be taken for a failure to read the archive.
            throw Failures.of("cannot write a layer", failure);
        }
    }

    /** Writes at a place that was passed; the last write to the file. */
    void finish(long position, ByteBuffer bytes) throws IOException {
        flush();
        while (bytes.hasRemaining()) {
            file.write(bytes, position + bytes.position());
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
