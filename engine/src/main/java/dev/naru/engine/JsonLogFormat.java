package dev.naru.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Docker's json-file: one object a line with {@code log}, {@code stream}, {@code attrs} and {@code time}, in any order;
 * other members are ignored.
 */
final class JsonLogFormat implements LogFormat {
    private static final int BLOCK = 64 << 10;

    private static final byte[] LOG = ascii("{\"log\":\"");
    private static final byte[] STREAM = ascii("\",\"stream\":\"std");
    private static final byte[] STDOUT_TIME = ascii("out\",\"time\":\"");
    private static final byte[] STDERR_TIME = ascii("err\",\"time\":\"");

    private static byte[] ascii(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    @Override
    public int next(byte[] buffer, int from, int to, LogEntry entry) {
        entry.clear(buffer);
        int end = usual(buffer, from, to, entry);
        if (end < 0) {
            entry.clear(buffer);
            int newline = find(buffer, (byte) '\n', from, to);
            if (newline == to) {
                return INCOMPLETE;
            }
            end = newline + 1;
            entry.valid = parse(buffer, from, end, entry);
        }
        return end;
    }

    /**
     * Reads an entry written as the monitor and Docker write those without attributes, looking at each byte once.
     *
     * @return where it ends; -1 when it is not of that form or not whole
     */
    private static int usual(byte[] buffer, int from, int to, LogEntry entry) {
        if (!begins(buffer, from, to, LOG)) {
            return -1;
        }
        int at = from + LOG.length;
        entry.textStart = at;
        int escape = -1;
        while (at < to && buffer[at] != '"') {
            if (buffer[at] == '\\') {
                escape = escape < 0 ? at : escape;
                at++;
            }
            at++;
        }
        entry.textEnd = at;
        entry.firstEscape = escape < 0 ? at : escape;
        if (!begins(buffer, at, to, STREAM)) {
            return -1;
        }
        at += STREAM.length;
        entry.stderr = begins(buffer, at, to, STDERR_TIME);
        if (!entry.stderr && !begins(buffer, at, to, STDOUT_TIME)) {
            return -1;
        }
        at += STDOUT_TIME.length;
        entry.timeStart = at;
        at = find(buffer, (byte) '"', Math.min(to, at + LogTime.SHORTEST), to);
        entry.timeEnd = at;
        entry.valid = at + 2 < to && buffer[at + 1] == '}' && buffer[at + 2] == '\n';
        return entry.valid ? at + 3 : -1;
    }

    private static boolean begins(byte[] buffer, int at, int to, byte[] text) {
        if (to - at < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (buffer[at + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean parse(byte[] buffer, int from, int end, LogEntry entry) {
        entry.textStart = -1;
        int last = end - 1;
        while (last > from && buffer[last] <= ' ') {
            last--;
        }
        if (last <= from || buffer[from] != '{' || buffer[last] != '}') {
            return false;
        }
        int at = from + 1;
        while (at > 0 && at < last) {
            at = member(buffer, at, last, entry);
            if (at > 0 && at < last && buffer[at++] != ',') {
                return false;
            }
        }
        return at == last && entry.textStart >= 0;
    }

    /** Reads one member; answers where it ends, -1 when it is malformed. */
    private static int member(byte[] buffer, int at, int end, LogEntry entry) {
        if (buffer[at] != '"') {
            return -1;
        }
        int nameStart = at + 1;
        int nameEnd = stringEnd(buffer, nameStart, end);
        int value = nameEnd + 2;
        if (nameEnd < 0 || value >= end || buffer[nameEnd + 1] != ':') {
            return -1;
        }
        int valueEnd = valueEnd(buffer, value, end);
        if (valueEnd < 0) {
            return -1;
        }
        keep(buffer, nameStart, nameEnd - nameStart, value, valueEnd, entry);
        return valueEnd;
    }

    private static void keep(byte[] buffer, int name, int nameLength, int value, int valueEnd, LogEntry entry) {
        boolean string = buffer[value] == '"';
        if (string && is(buffer, name, nameLength, "log")) {
            entry.textStart = value + 1;
            entry.textEnd = valueEnd - 1;
            entry.firstEscape = find(buffer, (byte) '\\', value + 1, valueEnd - 1);
        } else if (string && is(buffer, name, nameLength, "time")) {
            entry.timeStart = value + 1;
            entry.timeEnd = valueEnd - 1;
        } else if (string && is(buffer, name, nameLength, "stream")) {
            entry.stderr = is(buffer, value + 1, valueEnd - value - 2, "stderr");
        } else if (buffer[value] == '{' && is(buffer, name, nameLength, "attrs")) {
            entry.attributesStart = value;
            entry.attributesEnd = valueEnd;
        }
    }

    private static boolean is(byte[] buffer, int from, int length, String text) {
        if (length != text.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (buffer[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int find(byte[] buffer, byte wanted, int from, int to) {
        int i = from;
        while (i < to && buffer[i] != wanted) {
            i++;
        }
        return i;
    }

    /** Where the string that began before {@code from} has its closing quote, -1 when it has none. */
    private static int stringEnd(byte[] buffer, int from, int end) {
        for (int i = from; i < end; i++) {
            byte b = buffer[i];
            if (b == '"') {
                return i;
            }
            if (b == '\\') {
                i++;
            }
        }
        return -1;
    }

    private static int valueEnd(byte[] buffer, int from, int end) {
        if (buffer[from] == '"') {
            int quote = stringEnd(buffer, from + 1, end);
            return quote < 0 ? -1 : quote + 1;
        }
        int depth = 0;
        for (int i = from; i < end; i++) {
            switch (buffer[i]) {
                case '"' -> {
                    i = stringEnd(buffer, i + 1, end);
                    if (i < 0) {
                        return -1;
                    }
                }
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                case ',' -> {
                    if (depth == 0) {
                        return i;
                    }
                }
                default -> {}
            }
        }
        return depth == 0 ? end : -1;
    }

    @Override
    public Tail tail(FileChannel file, int wanted) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        long end = file.size();
        int newlines = 0;
        while (end > 0) {
            long start = Math.max(0, end - BLOCK);
            block.clear().limit((int) (end - start));
            readFully(file, block, start);
            for (int i = block.limit() - 1; i >= 0; i--) {
                if (block.get(i) == '\n' && newlines++ == wanted) {
                    return new Tail(start + i + 1, wanted);
                }
            }
            end = start;
        }
        return new Tail(0, newlines);
    }

    private static void readFully(FileChannel file, ByteBuffer block, long start) throws IOException {
        while (block.hasRemaining() && file.read(block, start + block.position()) >= 0) {
            // Short reads go on.
        }
        // Cut back in between; the rest counts as no entry.
        while (block.hasRemaining()) {
            block.put((byte) 0);
        }
    }
}
