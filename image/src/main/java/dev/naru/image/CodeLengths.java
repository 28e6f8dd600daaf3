package dev.naru.image;

import java.util.Arrays;

/** The lengths of a block's codes as they stand in its header, in runs with a code of their own (RFC 1951 section 3.2.7). */
final class CodeLengths {
    private static final int[] ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    private static final int REPEAT = 16;
    private static final int ZEROS = 17;
    private static final int MANY_ZEROS = 18;
    private static final int FEWEST = 4;
    private static final int LONGEST_CODE = 7;

    private final HuffmanCode code = new HuffmanCode(ORDER.length, LONGEST_CODE);
    private final byte[] all = new byte[DeflateSymbols.LITERALS + DeflateSymbols.DISTANCES];
    /** Each a symbol with its extra bits above. */
    private final short[] runs = new short[DeflateSymbols.LITERALS + DeflateSymbols.DISTANCES];

    private int count;
    private int literals;
    private int distances;

    /** Takes in a block's codes; answers the bits that they take. */
    long describe(HuffmanCode literalCode, HuffmanCode distanceCode) {
        literals = used(literalCode, DeflateSymbols.END + 1);
        distances = used(distanceCode, 1);
        System.arraycopy(literalCode.lengths, 0, all, 0, literals);
        System.arraycopy(distanceCode.lengths, 0, all, literals, distances);
        Arrays.fill(code.counts, 0);
        count = 0;
        int size = literals + distances;
        for (int at = 0; at < size; ) {
            int end = at + 1;
            while (end < size && all[end] == all[at]) {
                end++;
            }
            if (all[at] == 0) {
                zeros(end - at);
            } else {
                same(all[at], end - at);
            }
            at = end;
        }
        code.build();
        long bits = 5 + 5 + 4 + 3L * told() + code.cost(code.lengths);
        for (int symbol = REPEAT; symbol <= MANY_ZEROS; symbol++) {
            bits += (long) code.counts[symbol] * extraBits(symbol);
        }
        return bits;
    }

    private static int used(HuffmanCode code, int least) {
        int used = code.lengths.length;
        while (used > least && code.lengths[used - 1] == 0) {
            used--;
        }
        return used;
    }

    private static int extraBits(int symbol) {
        return switch (symbol) {
            case REPEAT -> 2;
            case ZEROS -> 3;
            case MANY_ZEROS -> 7;
            default -> 0;
        };
    }

    private void run(int symbol, int extra) {
        code.counts[symbol]++;
        runs[count++] = (short) (symbol | (extra << 8));
    }

    private void zeros(int number) {
        int left = number;
        while (left >= 11) {
            int some = Math.min(left, 138);
            run(MANY_ZEROS, some - 11);
            left -= some;
        }
        if (left >= 3) {
            run(ZEROS, left - 3);
            left = 0;
        }
        for (; left > 0; left--) {
            run(0, 0);
        }
    }

    private void same(int length, int number) {
        run(length, 0);
        int left = number - 1;
        while (left >= 3) {
            int some = Math.min(left, 6);
            run(REPEAT, some - 3);
            left -= some;
        }
        for (; left > 0; left--) {
            run(length, 0);
        }
    }

    /** How many lengths of the code of runs are told. */
    private int told() {
        int told = ORDER.length;
        while (told > FEWEST && code.lengths[ORDER[told - 1]] == 0) {
            told--;
        }
        return told;
    }

    void write(DeflateBits out) {
        int told = told();
        out.add((literals - (DeflateSymbols.END + 1)) | ((distances - 1) << 5) | ((told - FEWEST) << 10), 14);
        for (int i = 0; i < told; i++) {
            out.add(code.lengths[ORDER[i]], 3);
        }
        for (int i = 0; i < count; i++) {
            int symbol = runs[i] & 0xff;
            out.add(code.codes[symbol], code.lengths[symbol]);
            out.add(runs[i] >>> 8, extraBits(symbol));
        }
    }
}
