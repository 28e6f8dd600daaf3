package dev.naru.image;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/**
 * One block of a gzip stream, compressed by itself with the end of the block before as its dictionary and ended on a
 * byte's border (RFC 1951; the way of pigz). What looks incompressible is stored: that is as fast as copying.
 */
final class GzipBlock {
    static final int SIZE = 256 * 1024;

    private static final int DICTIONARY = 32 * 1024;
    private static final int SAMPLE = 8 * 1024;
    private static final int LEVEL = 5;
    private static final int LARGEST_STORED = 65_535;

    private final byte[] window;
    private final int dictionary;
    private final int length;
    private final boolean last;

    /**
     * @param window the bytes of the dictionary and the block behind them
     * @param dictionary how many bytes the dictionary has
     */
    GzipBlock(byte[] window, int dictionary, int length, boolean last) {
        this.window = window;
        this.dictionary = Math.min(dictionary, DICTIONARY);
        this.length = length;
        this.last = last;
    }

    byte[] compress() {
        return looksRandom() ? stored() : deflated();
    }

    private int start() {
        return window.length - length;
    }

    /** Tries a piece from the middle; a shorter one would say too little, a longer one costs what it may save. */
    private boolean looksRandom() {
        if (length < 4 * SAMPLE) {
            return false;
        }
        int random = 0;
        for (int quarter = 0; quarter < 4; quarter++) {
            var counts = new int[256];
            int from = start() + quarter * (length / 4);
            for (int i = from; i < from + SAMPLE / 2; i++) {
                counts[window[i] & 0xff]++;
            }
            long squares = 0;
            for (int count : counts) {
                squares += (long) count * count;
            }
            // Evenly spread bytes have n/256 of each: their squares sum to n*n/256 and a little (n).
            long even = (long) (SAMPLE / 2) * (SAMPLE / 2) / 256 + SAMPLE / 2;
            random += squares < even + even / 8 ? 1 : 0;
        }
        return random == 4;
    }

    private byte[] deflated() {
        Deflater deflater = new Deflater(LEVEL, true);
        try {
            if (dictionary > 0) {
                deflater.setDictionary(window, start() - dictionary, dictionary);
            }
            deflater.setInput(window, start(), length);
            if (last) {
                deflater.finish();
            }
            byte[] out = new byte[length / 2 + 1024];
            int size = 0;
            while (true) {
                int count =
                        deflater.deflate(out, size, out.length - size, last ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH);
                size += count;
                if (size < out.length) {
                    return java.util.Arrays.copyOf(out, size);
                }
                out = java.util.Arrays.copyOf(out, out.length * 2);
            }
        } finally {
            deflater.end();
        }
    }

    private byte[] stored() {
        int pieces = (length + LARGEST_STORED - 1) / LARGEST_STORED;
        byte[] bytes = new byte[length + pieces * 5];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        for (int at = start(); at < window.length; ) {
            int count = Math.min(LARGEST_STORED, window.length - at);
            boolean end = last && at + count == window.length;
            // Block type 0: the header's three bits fill a byte, because the block before ended on a border.
            out.put((byte) (end ? 1 : 0)).putShort((short) count).putShort((short) ~count);
            out.put(window, at, count);
            at += count;
        }
        return bytes;
    }
}
