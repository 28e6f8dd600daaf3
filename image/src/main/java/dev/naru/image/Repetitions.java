package dev.naru.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds what a window repeats of itself (LZ77). A table knows of each four bytes the last four places, 16 bits of each
 * place in one word, so that noting a place is one shift and all four are compared without waiting for each other; what
 * the 16 bits leave out is found by comparing the bytes.
 */
final class Repetitions {
    /** How far back deflate reaches. */
    static final int REACH = 32 * 1024;
    /** Bytes behind a window's end that are read, and count for nothing. */
    static final int PADDING = 16;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int SHORTEST = 4;
    private static final int WORD = 8;
    private static final int HASH_BITS = 13;
    private static final int PLACE = 0xffff;
    /** A match so long is taken without looking for a longer one at the next place. */
    private static final int GOOD = 8;
    /** Places inside of a match that are noted. */
    private static final int NOTED = 32;
    /** After so many literals (a power of two) only every second place is looked at, and so on. */
    private static final int HURRY = 6;

    private final long[] places = new long[1 << HASH_BITS];

    /** Forgets everything. */
    void clear() {
        Arrays.fill(places, 0);
    }

    private static int hash(int four) {
        return (four * 0x9E3779B1) >>> (32 - HASH_BITS);
    }

    private static long word(byte[] window, int at) {
        return (long) LONG.get(window, at);
    }

    /** Takes note of places without looking for matches. */
    void note(byte[] window, int from, int to, int step) {
        for (int at = from; at < to; at += step) {
            int hash = hash((int) INT.get(window, at));
            places[hash] = (places[hash] << 16) | (at & PLACE);
        }
    }

    /** Whether one of the next places begins a repetition of at least 16 bytes. */
    boolean repeats(byte[] window, int from, int count) {
        for (int at = from; at < from + count; at++) {
            long here = word(window, at);
            if (extended(window, at, here, places[hash((int) here)], 2 * WORD, 2 * WORD - 1) != 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isReached(int at, int distance) {
        return distance > 0 && distance <= Math.min(REACH, at);
    }

    /**
     * Divides a run into literals and matches.
     *
     * @param window whose bytes behind its end must not differ from one time to the next
     * @return where it stopped, because {@code into} is full or the run ends
     */
    int find(byte[] window, int from, int to, DeflateSequences into) {
        int last = to - SHORTEST;
        int end = Math.min(last, from + DeflateSequences.MOST_BYTES);
        int at = from;
        int literals = from;
        while (at <= end && !into.isFull()) {
            long here = word(window, at);
            int hash = hash((int) here);
            long known = places[hash];
            places[hash] = (known << 16) | (at & PLACE);
            long match = longest(window, at, here, known, to, SHORTEST - 1);
            if (match == 0) {
                int next = Math.min(to, at + 1 + ((at - literals) >>> HURRY));
                into.literals(window, at, next);
                at = next;
                continue;
            }
            while (length(match) < GOOD && at < last) {
                long there = word(window, at + 1);
                hash = hash((int) there);
                known = places[hash];
                long longer = longest(window, at + 1, there, known, to, length(match));
                if (longer == 0) {
                    break;
                }
                places[hash] = (known << 16) | ((at + 1) & PLACE);
                into.literals(window, at, at + 1);
                match = longer;
                at++;
            }
            into.match(at - literals, length(match), (int) match);
            note(window, at + 1, Math.min(at + Math.min(length(match), NOTED), last + 1), 1);
            at += length(match);
            literals = at;
        }
        if (at > last) {
            into.literals(window, at, to);
            at = to;
        }
        into.end(at - literals);
        return at;
    }

    private static int length(long match) {
        return (int) (match >>> 32);
    }

    /** The longest match, its length above its distance; 0 when none is longer than {@code shortest}. */
    private static long longest(byte[] window, int at, long here, long known, int to, int shortest) {
        int first = Math.max(equal(window, at, here, (int) known), equal(window, at, here, (int) (known >>> 16)));
        int later =
                Math.max(equal(window, at, here, (int) (known >>> 32)), equal(window, at, here, (int) (known >>> 48)));
        int best = Math.max(first, later);
        int length = best >>> 16;
        if (length <= Math.min(shortest, WORD - 1)) {
            return 0;
        }
        int most = Math.min(DeflateSymbols.LONGEST, to - at);
        if (length == WORD) {
            return extended(window, at, here, known, most, shortest);
        }
        length = Math.min(length, most);
        return length <= shortest ? 0 : match(length, PLACE - (best & PLACE));
    }

    private static long match(int length, int distance) {
        return ((long) length << 32) | distance;
    }

    /** How many bytes up to eight are equal, above the nearness, so that the larger is the better. */
    private static int equal(byte[] window, int at, long here, int place) {
        int distance = (at - place) & PLACE;
        boolean reached = isReached(at, distance);
        long difference = word(window, reached ? at - distance : at) ^ here;
        return reached ? ((Long.numberOfTrailingZeros(difference) >>> 3) << 16) | (PLACE - distance) : 0;
    }

    /** The longest of those matches that have eight bytes at least. */
    private static long extended(byte[] window, int at, long here, long known, int most, int shortest) {
        int length = shortest;
        int distance = 0;
        for (int shift = 0; shift < Long.SIZE && length < most; shift += 16) {
            int each = (at - (int) (known >>> shift)) & PLACE;
            if (isReached(at, each)
                    && word(window, at - each) == here
                    && window[at - each + length] == window[at + length]) {
                int longer = common(window, at - each, at, most);
                if (longer > length) {
                    length = longer;
                    distance = each;
                }
            }
        }
        return distance == 0 ? 0 : match(length, distance);
    }

    private static int common(byte[] window, int left, int right, int most) {
        for (int length = WORD; length < most; length += WORD) {
            long difference = word(window, left + length) ^ word(window, right + length);
            if (difference != 0) {
                return Math.min(most, length + (Long.numberOfTrailingZeros(difference) >>> 3));
            }
        }
        return most;
    }
}
