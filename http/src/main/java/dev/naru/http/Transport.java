package dev.naru.http;

import java.io.Closeable;
import java.io.IOException;

/** One connected byte stream whose two directions end independently of each other. */
public interface Transport extends Closeable {
    /** Reads at least one byte; -1 when the peer has ended its direction. */
    int read(byte[] bytes, int offset, int length) throws IOException;

    /** Writes all of it. */
    void write(byte[] bytes, int offset, int length) throws IOException;

    /** Ends our direction; reading goes on. */
    void shutdownOutput() throws IOException;

    /** Ends both directions at once; a thread blocked in either gets an IOException. */
    @Override
    void close() throws IOException;
}
