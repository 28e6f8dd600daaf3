package dev.naru.image;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The encoder in Java, for engines inside other programs, and the one that the native library is compared with. What comes
 * out depends on what goes in alone, not on the machine or its libraries.
 *
 * <p>Runs that look random are stored, for there nothing is found and looking takes longest.
 */
final class DeflateEncoder implements PieceEncoder {
    /** How much looks random or not as a whole. */
    private static final int PART = 1024;
    /** Bytes of a part that are counted: every second run. */
    private static final int SAMPLE = PART / 2;
    /** Bytes that are counted before what they tell is looked at. */
    private static final int LOOK = 64;
    /** In random parts only every eighth place is noted: that shows whether they are repeated. */
    private static final int STEP = 8;

    private enum Kind {
        TEXT,
        /** Compressed or encrypted already. */
        NOISE,
        /** Noise that was there before. */
        REPEATED
    }

    private final DeflateBits out = new DeflateBits();
    private final DeflateBlock block = new DeflateBlock(out);
    private final DeflateSequences sequences = new DeflateSequences();
    private final Repetitions repetitions = new Repetitions();
    private final byte[] window = new byte[WINDOW];
    private final int[] histogram = new int[256];

    @Override
    public ByteBuffer window() {
        return ByteBuffer.wrap(window);
    }

    @Override
    public void compress(int from, int to, boolean last) {
        out.clear();
        repetitions.clear();
        repetitions.note(window, 0, from, 1);
        int at = from;
        while (at < to) {
            Kind kind = kind(window, at, to);
            int end = runEnd(window, at, to, kind);
            if (kind == Kind.NOISE) {
                block.stored(window, at, end);
            } else {
                compressRun(window, at, end);
            }
            at = end;
        }
        if (last) {
            block.finish();
        } else {
            block.boundary();
        }
    }

    @Override
    public ByteBuffer compressed() {
        return out.bytes();
    }

    /** Where parts begin that are of another kind. */
    private int runEnd(byte[] window, int from, int to, Kind kind) {
        int end = from;
        do {
            int start = end;
            end = Math.min(start + PART, to);
            if (kind == Kind.NOISE) {
                repetitions.note(window, start, end, STEP);
            }
            // What repeats noise is known only when the part before has been noted.
        } while (end < to && kind != Kind.REPEATED && kind(window, end, to) == kind);
        return end;
    }

    private void compressRun(byte[] window, int from, int to) {
        int at = from;
        while (at < to) {
            sequences.clear();
            int end = repetitions.find(window, at, to, sequences);
            block.write(window, at, end, sequences);
            at = end;
        }
    }

    private Kind kind(byte[] window, int from, int to) {
        if (to - from < PART || !looksRandom(window, from)) {
            return Kind.TEXT;
        }
        return repetitions.repeats(window, from, STEP) ? Kind.REPEATED : Kind.NOISE;
    }

    /** Whether a part has all bytes about as often as chance would have it. */
    private boolean looksRandom(byte[] window, int from) {
        Arrays.fill(histogram, 0);
        // n random bytes have squares of n*n/256 + n in sum; a sixth more or less is six deviations away.
        int even = SAMPLE * (SAMPLE / 256) + SAMPLE;
        int squares = 0;
        for (int at = from; at < from + PART; at += LOOK * PART / SAMPLE) {
            for (int i = at; i < at + LOOK; i++) {
                squares += 2 * histogram[window[i] & 0xff]++ + 1;
            }
            // They only grow, and in text fast.
            if (squares >= even + even / 6) {
                return false;
            }
        }
        return Math.abs(squares - even) < even / 6;
    }
}
