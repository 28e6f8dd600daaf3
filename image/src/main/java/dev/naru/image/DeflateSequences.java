package dev.naru.image;

import java.util.Arrays;

/** Literals and matches of a deflate block to be, and how often each symbol occurs in them. */
final class DeflateSequences {
    /** More input would make a block that adapts too late. */
    static final int MOST_BYTES = 64 * 1024;

    private static final int MOST = 12 * 1024;
    private static final int LONGEST_LITERAL_CODE = 14;
    private static final int LONGEST_CODE = 15;
    private static final int LENGTH_BITS = 9;

    private final HuffmanCode literals = new HuffmanCode(DeflateSymbols.LITERALS, LONGEST_LITERAL_CODE);
    private final HuffmanCode distances = new HuffmanCode(DeflateSymbols.DISTANCES, LONGEST_CODE);
    /** Literals before a match above its distance above its length. */
    private final long[] matches = new long[MOST];

    private int count;
    private int rest;

    void clear() {
        Arrays.fill(literals.counts, 0);
        Arrays.fill(distances.counts, 0);
        literals.counts[DeflateSymbols.END] = 1;
        count = 0;
        rest = 0;
    }

    boolean isFull() {
        return count == MOST;
    }

    void literals(byte[] window, int from, int to) {
        for (int at = from; at < to; at++) {
            literals.counts[window[at] & 0xff]++;
        }
    }

    /** @param before literals since the match before, which were counted already */
    void match(int before, int length, int distance) {
        literals.counts[DeflateSymbols.length(length)]++;
        distances.counts[DeflateSymbols.distance(distance)]++;
        matches[count++] = ((long) before << 32) | ((long) distance << LENGTH_BITS) | length;
    }

    /** @param behind literals since the last match */
    void end(int behind) {
        rest = behind;
    }

    int count() {
        return count;
    }

    int before(int match) {
        return (int) (matches[match] >>> 32);
    }

    int distance(int match) {
        return (int) matches[match] >>> LENGTH_BITS;
    }

    int length(int match) {
        return (int) matches[match] & ((1 << LENGTH_BITS) - 1);
    }

    /** Literals behind the last match. */
    int rest() {
        return rest;
    }

    /** The code of literals and lengths. */
    HuffmanCode literals() {
        return literals;
    }

    HuffmanCode distances() {
        return distances;
    }
}
