package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerService.LogQuery;
import java.io.IOException;
import java.io.OutputStream;

/** Writes log entries as a client reads them: text, in Docker's frames or raw, after time and attributes if wanted. */
final class LogOutput {
    private static final int CAPACITY = 64 << 10;
    private static final int FRAME_HEADER = 8;
    private static final byte[] NONE = {};

    private final OutputStream output;
    private final LogQuery query;
    private final boolean framed;
    private final LogTime times = new LogTime();
    private byte[] buffer = new byte[CAPACITY];
    private int length;

    LogOutput(OutputStream output, LogQuery query, boolean framed) {
        this.output = requireNonNull(output, "output");
        this.query = requireNonNull(query, "query");
        this.framed = framed;
    }

    /** Takes an entry; false when it and what follows is later than what was asked for. */
    boolean write(LogEntry entry) throws IOException {
        if (query.since() > 0 || query.until() > 0) {
            long time = entry.timeEnd > entry.timeStart
                    ? times.parse(entry.buffer, entry.timeStart, entry.timeEnd)
                    : entry.time;
            if (query.until() > 0 && time > query.until()) {
                return false;
            }
            if (time < query.since()) {
                return true;
            }
        }
        if (entry.stderr ? query.stderr() : query.stdout()) {
            append(entry);
        }
        return true;
    }

    private void append(LogEntry entry) throws IOException {
        byte[] attributes = query.details() ? LogAttributes.text(entry) : NONE;
        reserve(FRAME_HEADER + LogTime.LENGTH + 2 + attributes.length + entry.textEnd - entry.textStart + 1);
        int frame = length;
        int at = framed ? frame + FRAME_HEADER : frame;
        if (query.timestamps()) {
            at = entry.timeEnd > entry.timeStart
                    ? LogTime.pad(entry.buffer, entry.timeStart, entry.timeEnd, buffer, at)
                    : LogTime.format(entry.time, buffer, at);
            buffer[at++] = ' ';
        }
        if (query.details()) {
            System.arraycopy(attributes, 0, buffer, at, attributes.length);
            at += attributes.length;
            buffer[at++] = ' ';
        }
        at = LogText.copy(entry, buffer, at);
        if (entry.newlineFollows) {
            buffer[at++] = '\n';
        }
        if (framed) {
            frame(frame, entry.stderr, at - frame - FRAME_HEADER);
        }
        length = at;
    }

    private void frame(int at, boolean stderr, int size) {
        buffer[at] = (byte) (stderr ? 2 : 1);
        buffer[at + 1] = 0;
        buffer[at + 2] = 0;
        buffer[at + 3] = 0;
        buffer[at + 4] = (byte) (size >>> 24);
        buffer[at + 5] = (byte) (size >>> 16);
        buffer[at + 6] = (byte) (size >>> 8);
        buffer[at + 7] = (byte) size;
    }

    private void reserve(int bytes) throws IOException {
        if (buffer.length - length >= bytes) {
            return;
        }
        drain();
        if (buffer.length < bytes) {
            buffer = new byte[bytes];
        }
    }

    private void drain() throws IOException {
        if (length > 0) {
            output.write(buffer, 0, length);
            length = 0;
        }
    }

    /** Sends what has been taken so far. */
    void flush() throws IOException {
        if (length > 0) {
            drain();
            output.flush();
        }
    }
}
