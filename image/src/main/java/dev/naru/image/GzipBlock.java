package dev.naru.image;

import java.io.ByteArrayOutputStream;
import java.util.zip.Deflater;

/**
 * One block of a gzip stream, compressed by itself with the end of the block before as its dictionary and ended on a
 * byte's border (RFC 1951; the way of pigz). Runs that look incompressible are stored: that is as fast as copying, and deflate is slowest just there.
 */
final class GzipBlock {
    static final int SIZE = 256 * 1024;

    private static final int DICTIONARY = 32 * 1024;
    private static final int PIECE = 2 * 1024;
    private static final int LEVEL = 4;
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
        var out = new ByteArrayOutputStream(length / 2 + 1024);
        Deflater deflater = new Deflater(LEVEL, true);
        try {
            int at = start();
            do {
                boolean random = looksRandom(at);
                int end = runEnd(at, random);
                if (random) {
                    store(out, at, end);
                } else {
                    deflate(out, deflater, at, end);
                }
                at = end;
            } while (at < window.length);
        } finally {
            deflater.end();
        }
        return out.toByteArray();
    }

    private int start() {
        return window.length - length;
    }

    /** Where pieces begin that are of the other kind. */
    private int runEnd(int from, boolean random) {
        int at = from + PIECE;
        while (at < window.length && looksRandom(at) == random) {
            at += PIECE;
        }
        return Math.min(at, window.length);
    }

    /** Whether a piece has all bytes about as often as each other: what is compressed or encrypted already. */
    private boolean looksRandom(int from) {
        if (window.length - from < PIECE) {
            return false;
        }
        var counts = new int[256];
        for (int i = from; i < from + PIECE; i++) {
            counts[window[i] & 0xff]++;
        }
        int squares = 0;
        for (int count : counts) {
            squares += count * count;
        }
        // n bytes evenly spread have squares of n*n/256 + n in sum; a sixteenth more is six deviations away.
        int even = PIECE * (PIECE / 256) + PIECE;
        return squares < even + even / 16;
    }

    private void deflate(ByteArrayOutputStream out, Deflater deflater, int from, int to) {
        boolean end = last && to == window.length;
        deflater.reset();
        if (from == start() && dictionary > 0) {
            deflater.setDictionary(window, from - dictionary, dictionary);
        }
        deflater.setInput(window, from, to - from);
        if (end) {
            deflater.finish();
        }
        byte[] piece = new byte[Math.min(32 * 1024, to - from + 64)];
        int count;
        do {
            count = deflater.deflate(piece, 0, piece.length, end ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH);
            out.write(piece, 0, count);
        } while (count == piece.length || (end && !deflater.finished()));
    }

    /** Blocks of type 0 (RFC 1951 section 3.2.4): a header's three bits fill a byte, because runs end on a byte's border. */
    private void store(ByteArrayOutputStream out, int from, int to) {
        for (int at = from; at < to; ) {
            int count = Math.min(LARGEST_STORED, to - at);
            boolean end = last && at + count == window.length;
            out.write(end ? 1 : 0);
            out.write(count);
            out.write(count >> 8);
            out.write(~count);
            out.write(~count >> 8);
            out.write(window, at, count);
            at += count;
        }
    }
}
