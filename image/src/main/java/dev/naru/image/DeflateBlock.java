package dev.naru.image;

import java.util.Arrays;

/** Writes literals and matches as one block of deflate (RFC 1951 section 3.2), with the codes that make it smallest. */
final class DeflateBlock {
    private static final int FIXED = 1;
    private static final int DYNAMIC = 2;
    private static final int TYPE_BITS = 3;
    private static final int LARGEST_STORED = 65_535;
    /** Bytes of a stored block's header. */
    private static final int STORED_HEADER = 5;

    private static final HuffmanCode FIXED_LITERALS = fixedLiterals();
    private static final HuffmanCode FIXED_DISTANCES = fixedDistances();

    private final DeflateBits out;
    private final CodeLengths header = new CodeLengths();
    /** Of each match length its code with extra bits above, and above these their width. */
    private final long[] matchCodes = new long[DeflateSymbols.LONGEST + 1];

    DeflateBlock(DeflateBits out) {
        this.out = out;
    }

    private static HuffmanCode fixedLiterals() {
        var code = new HuffmanCode(288, 15);
        Arrays.fill(code.lengths, 0, 144, (byte) 8);
        Arrays.fill(code.lengths, 144, 256, (byte) 9);
        Arrays.fill(code.lengths, 256, 280, (byte) 7);
        Arrays.fill(code.lengths, 280, 288, (byte) 8);
        code.number();
        return code;
    }

    private static HuffmanCode fixedDistances() {
        var code = new HuffmanCode(DeflateSymbols.DISTANCES, 15);
        Arrays.fill(code.lengths, (byte) 5);
        code.number();
        return code;
    }

    /** Bytes as they are, in blocks of their own. */
    void stored(byte[] window, int from, int to) {
        for (int at = from; at < to; ) {
            int size = Math.min(LARGEST_STORED, to - at);
            storedHeader(size);
            out.copy(window, at, size);
            at += size;
        }
    }

    private void storedHeader(int size) {
        out.reserve(STORED_HEADER + 1);
        out.add(0, TYPE_BITS);
        out.align();
        out.add(size | ((~size & 0xffffL) << 16), 32);
    }

    /** Ends the stream: an empty block with the fixed codes. */
    void finish() {
        out.reserve(2);
        out.add(1 | (FIXED << 1), TYPE_BITS + FIXED_LITERALS.lengths[DeflateSymbols.END]);
    }

    /** Ends on a byte's border, if it has to by an empty stored block. */
    void boundary() {
        if (!out.isAligned()) {
            storedHeader(0);
        }
    }

    /**
     * Writes a block.
     *
     * @param from where in the window its first literal or match is
     * @param to where its last one ends
     */
    void write(byte[] window, int from, int to, DeflateSequences sequences) {
        HuffmanCode literals = sequences.literals();
        HuffmanCode distances = sequences.distances();
        literals.build();
        distances.build();
        long dynamic = header.describe(literals, distances)
                + literals.cost(literals.lengths)
                + distances.cost(distances.lengths);
        long fixed = literals.cost(FIXED_LITERALS.lengths) + distances.cost(FIXED_DISTANCES.lengths);
        long bytes = (TYPE_BITS + Math.min(dynamic, fixed) + extra(literals, distances)) / 8 + 1;
        int size = to - from;
        if (bytes > size + STORED_HEADER * (size / LARGEST_STORED + 1)) {
            stored(window, from, to);
            return;
        }
        out.reserve((int) bytes);
        if (fixed <= dynamic) {
            out.add(FIXED << 1, TYPE_BITS);
            body(window, from, sequences, FIXED_LITERALS, FIXED_DISTANCES);
        } else {
            out.add(DYNAMIC << 1, TYPE_BITS);
            header.write(out);
            body(window, from, sequences, literals, distances);
        }
    }

    private static long extra(HuffmanCode literals, HuffmanCode distances) {
        long bits = 0;
        for (int symbol = DeflateSymbols.END + 1; symbol < DeflateSymbols.LITERALS; symbol++) {
            bits += (long) literals.counts[symbol] * DeflateSymbols.symbolBits(symbol);
        }
        for (int symbol = 0; symbol < DeflateSymbols.DISTANCES; symbol++) {
            bits += (long) distances.counts[symbol] * DeflateSymbols.distanceBits(symbol);
        }
        return bits;
    }

    private void body(
            byte[] window, int from, DeflateSequences sequences, HuffmanCode literals, HuffmanCode distances) {
        makeMatchCodes(literals);
        int at = from;
        for (int i = 0; i < sequences.count(); i++) {
            int run = sequences.before(i);
            int length = sequences.length(i);
            literals(window, at, at + run, literals);
            match(length, sequences.distance(i), distances);
            at += run + length;
        }
        literals(window, at, at + sequences.rest(), literals);
        out.add(literals.codes[DeflateSymbols.END], literals.lengths[DeflateSymbols.END]);
    }

    private void makeMatchCodes(HuffmanCode literals) {
        for (int length = 3; length <= DeflateSymbols.LONGEST; length++) {
            int symbol = DeflateSymbols.length(length);
            int width = literals.lengths[symbol];
            matchCodes[length] = literals.codes[symbol]
                    | ((long) DeflateSymbols.lengthExtra(length) << width)
                    | ((long) (width + DeflateSymbols.lengthBits(length)) << 32);
        }
    }

    private void match(int length, int distance, HuffmanCode distances) {
        long code = matchCodes[length];
        int width = (int) (code >>> 32);
        int symbol = DeflateSymbols.distance(distance);
        long bits = (code & 0xffffffffL) | ((long) distances.codes[symbol] << width);
        width += distances.lengths[symbol];
        bits |= (long) (distance - DeflateSymbols.distanceBase(symbol)) << width;
        out.add(bits, width + DeflateSymbols.distanceBits(symbol));
    }

    /** Three at a time: their codes have at most 45 bits. */
    private void literals(byte[] window, int from, int to, HuffmanCode code) {
        int[] codes = code.codes;
        byte[] lengths = code.lengths;
        int at = from;
        for (; at + 2 < to; at += 3) {
            int first = window[at] & 0xff;
            int second = window[at + 1] & 0xff;
            int third = window[at + 2] & 0xff;
            int two = lengths[first] + lengths[second];
            long bits = codes[first] | ((long) codes[second] << lengths[first]) | ((long) codes[third] << two);
            out.add(bits, two + lengths[third]);
        }
        for (; at < to; at++) {
            out.add(codes[window[at] & 0xff], lengths[window[at] & 0xff]);
        }
    }
}
