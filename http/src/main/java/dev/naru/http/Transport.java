package dev.naru.http;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** One connected byte stream whose two directions end independently of each other. */
public interface Transport extends Closeable {
    /** Reads at least one byte; -1 when the peer has ended its direction. */
    int read(byte[] bytes, int offset, int length) throws IOException;

    /** Reads at least one byte into a buffer with room; -1 when the peer has ended its direction. */
    default int read(ByteBuffer into) throws IOException {
        byte[] bytes = new byte[Math.min(into.remaining(), 16 << 10)];
        int count = read(bytes, 0, bytes.length);
        if (count > 0) {
            into.put(bytes, 0, count);
        }
        return count;
    }

    /** Writes all of it. */
    void write(byte[] bytes, int offset, int length) throws IOException;

    /** Writes a part of a file, all of it. */
    default void write(FileChannel file, long position, long length) throws IOException {
        var buffer = ByteBuffer.allocate((int) Math.min(length, 64 << 10));
        long at = position;
        long end = position + length;
        while (at < end) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
            int count = file.read(buffer, at);
            if (count < 0) {
                throw new EOFException("the file is shorter than announced");
            }
            write(buffer.array(), 0, count);
            at += count;
        }
    }

    /** Whether bytes have come that a read gives at once; false where nobody can tell. */
    default boolean readable() throws IOException {
        return false;
    }

    /** Whether neither bytes nor the peer's end have come; true where nobody can tell. For one thread, between exchanges. */
    default boolean idle() throws IOException {
        return true;
    }

    /** Ends our direction; reading goes on. */
    void shutdownOutput() throws IOException;

    /** Ends both directions at once; a thread blocked in either gets an IOException. */
    @Override
    void close() throws IOException;
}
