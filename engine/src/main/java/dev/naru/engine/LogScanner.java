package dev.naru.engine;

import java.io.IOException;
import java.io.InputStream;

/** Cuts what is read from log files into entries and hands them on. */
final class LogScanner {
    private static final int CAPACITY = 256 << 10;
    /** No writer makes longer entries; more without an end is damage. */
    private static final int LONGEST = 4 << 20;

    private final LogFormat format;
    private final LogOutput output;
    private final LogEntry entry = new LogEntry();
    private byte[] buffer = new byte[CAPACITY];
    private int start;
    private int end;

    LogScanner(LogFormat format, LogOutput output) {
        this.format = format;
        this.output = output;
    }

    /** Reads to the present end of the input; false when the output has all that was asked for. */
    boolean drain(InputStream input) throws IOException {
        while (true) {
            makeRoom();
            int count = input.read(buffer, end, buffer.length - end);
            if (count <= 0) {
                return true;
            }
            end += count;
            if (!handOn()) {
                return false;
            }
        }
    }

    private boolean handOn() throws IOException {
        while (start < end) {
            int next = format.next(buffer, start, end, entry);
            if (next == LogFormat.INCOMPLETE) {
                return true;
            }
            start = next;
            if (entry.valid && !output.write(entry)) {
                return false;
            }
        }
        return true;
    }

    private void makeRoom() {
        if (start == end) {
            start = 0;
            end = 0;
        } else if (end == buffer.length) {
            int pending = end - start;
            if (pending >= LONGEST) {
                pending = 0;
            }
            byte[] target = pending > buffer.length / 2 ? new byte[buffer.length * 2] : buffer;
            System.arraycopy(buffer, start, target, 0, pending);
            buffer = target;
            start = 0;
            end = pending;
        }
    }

    /** How many bytes were read of an entry that has no end yet. */
    int pending() {
        return end - start;
    }

    /** Drops the beginning of an entry that will never have an end. */
    void dropPending() {
        start = end;
    }
}
