package dev.naru.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A client's connection to a process's standard streams. Blocking, made for virtual threads; one reader and one writer
 * at a time. A client that does not read holds the process back once the buffers are full.
 */
public interface Attachment extends AutoCloseable {
    /**
     * Reads output: with a terminal the raw bytes, otherwise frames of stream number (1 stdout, 2 stderr), three zero
     * bytes, length (32 bits, big endian), payload, which is Docker's multiplexed stream. Frames may be split anywhere.
     *
     * @return the number of bytes, -1 when the process has closed its output or ended and all of it was read
     */
    int read(ByteBuffer output) throws IOException;

    /** Writes standard input; blocks while the process does not read it. */
    void write(ByteBuffer input) throws IOException;

    /** Says that no more input follows; output goes on. With {@code stdinOnce} the process then reads end-of-file. */
    void shutdownInput() throws IOException;

    /** Whether output is raw (a terminal) and not framed. */
    boolean raw();

    @Override
    void close();
}
