package dev.naru.engine;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * The monitor's binary form, little-endian: length (32 bits), stream (1 or 2, 128 more when the line goes on),
 * nanoseconds since 1970 (64 bits), line without newline, length again. The length counts what lies between.
 */
final class LocalLogFormat implements LogFormat {
    private static final int HEADER = 9;
    private static final int FRAME = 8;
    private static final int MAX_LENGTH = 1 << 20;
    private static final int CONTINUES = 128;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    @Override
    public int next(byte[] buffer, int from, int to, LogEntry entry) {
        entry.clear(buffer);
        if (to - from < Integer.BYTES) {
            return INCOMPLETE;
        }
        int length = (int) INT.get(buffer, from);
        if (length < HEADER || length > MAX_LENGTH) {
            return from + 1;
        }
        if (to - from < length + FRAME) {
            return INCOMPLETE;
        }
        int stream = buffer[from + 4] & ~CONTINUES & 0xff;
        if ((int) INT.get(buffer, from + 4 + length) != length || stream < 1 || stream > 2) {
            return from + 1;
        }
        entry.valid = true;
        entry.stderr = stream == 2;
        entry.newlineFollows = (buffer[from + 4] & CONTINUES) == 0;
        entry.time = (long) LONG.get(buffer, from + 5);
        entry.textStart = from + 4 + HEADER;
        entry.textEnd = from + 4 + length;
        entry.firstEscape = entry.textEnd;
        return from + length + FRAME;
    }

    @Override
    public Tail tail(FileChannel file, int wanted) throws IOException {
        long end = file.size();
        int entries = 0;
        while (entries < wanted && end > 0) {
            int length = end < Integer.BYTES ? -1 : intAt(file, end - 4);
            boolean whole = length >= HEADER
                    && length <= MAX_LENGTH
                    && end >= length + FRAME
                    && intAt(file, end - length - FRAME) == length;
            if (!whole) {
                return tailForwards(file, wanted);
            }
            end -= length + FRAME;
            entries++;
        }
        return new Tail(end, entries);
    }

    /** For a file with a torn or damaged entry, over which no way leads back. */
    private Tail tailForwards(FileChannel file, int wanted) throws IOException {
        long size = file.size();
        var starts = new java.util.ArrayDeque<Long>();
        long at = 0;
        while (at + FRAME + HEADER <= size) {
            int length = intAt(file, at);
            boolean whole = length >= HEADER
                    && length <= MAX_LENGTH
                    && at + length + FRAME <= size
                    && intAt(file, at + 4 + length) == length;
            if (!whole) {
                at++;
                continue;
            }
            if (starts.size() == wanted) {
                starts.removeFirst();
            }
            starts.addLast(at);
            at += length + FRAME;
        }
        return starts.isEmpty() ? new Tail(size, 0) : new Tail(starts.getFirst(), starts.size());
    }

    private static int intAt(FileChannel file, long offset) throws IOException {
        ByteBuffer word = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        while (word.hasRemaining()) {
            if (file.read(word, offset + word.position()) < 0) {
                return -1;
            }
        }
        return word.getInt(0);
    }
}
