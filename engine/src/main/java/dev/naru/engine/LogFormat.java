package dev.naru.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;

/** How entries stand in a log file. */
sealed interface LogFormat permits JsonLogFormat, LocalLogFormat {
    /** More bytes are needed to tell where the entry ends. */
    int INCOMPLETE = -1;

    /**
     * Finds the parts of the entry that begins at {@code from}. What is no entry is skipped and marked not valid.
     *
     * @return where the entry ends, or {@link #INCOMPLETE}
     */
    int next(byte[] buffer, int from, int to, LogEntry entry);

    /**
     * Finds where the last {@code wanted} entries of a file begin, reading backwards; with fewer, the place is 0.
     *
     * @param wanted at least 1
     */
    Tail tail(FileChannel file, int wanted) throws IOException;

    /** The place of an entry in a file, and how many whole entries there are from there on. */
    record Tail(long offset, int entries) {}
}
