package dev.naru.engine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/** A tar stream of files of zeros, however long: none of it is held. */
final class LongTar {
    private final List<Entry> entries = new ArrayList<>();

    private record Entry(String name, long size) {}

    LongTar file(String name, long size) {
        entries.add(new Entry(name, size));
        return this;
    }

    InputStream end() {
        return new Whole(List.copyOf(entries));
    }

    /** Headers and contents one after the other. */
    private static final class Whole extends InputStream {
        private final Iterator<Entry> next;
        private final Deque<InputStream> open = new ArrayDeque<>();
        private boolean ended;

        Whole(List<Entry> entries) {
            next = entries.iterator();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            while (true) {
                if (open.isEmpty() && !more()) {
                    return -1;
                }
                int count = open.getFirst().read(bytes, offset, length);
                if (count >= 0) {
                    return count;
                }
                open.removeFirst();
            }
        }

        private boolean more() {
            if (next.hasNext()) {
                Entry entry = next.next();
                open.add(new ByteArrayInputStream(header(entry)));
                open.add(new Zeros((entry.size() + 511) / 512 * 512));
                return true;
            }
            if (ended) {
                return false;
            }
            ended = true;
            open.add(new ByteArrayInputStream(new byte[1024]));
            return true;
        }
    }

    private static byte[] header(Entry entry) {
        byte[] header = new byte[512];
        put(header, 0, entry.name());
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        // Base 256, for more than 8 GiB.
        header[124] = (byte) 0x80;
        for (int i = 0; i < 8; i++) {
            header[135 - i] = (byte) (entry.size() >> (8 * i));
        }
        put(header, 136, "13000000000");
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, String.format("%06o\0", sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long count) {
            left = count;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = (int) Math.min(length, left);
            java.util.Arrays.fill(bytes, offset, offset + count, (byte) 0);
            left -= count;
            return count;
        }
    }
}
