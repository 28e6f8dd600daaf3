package dev.naru.image;

/** Which symbol stands for a length or a distance, and with which extra bits (RFC 1951 section 3.2.5). */
final class DeflateSymbols {
    static final int END = 256;
    static final int LITERALS = 286;
    static final int DISTANCES = 30;
    static final int LONGEST = 258;

    /** By length: its symbol. */
    private static final short[] LENGTH_SYMBOL = new short[LONGEST + 1];
    /** By length: extra bits' value, and how many. */
    private static final byte[] LENGTH_EXTRA = new byte[LONGEST + 1];

    private static final byte[] LENGTH_BITS = new byte[LONGEST + 1];
    /** By distance less one below 256, by its higher bits above. */
    private static final byte[] DISTANCE_SYMBOL = new byte[512];

    private static final int[] DISTANCE_BASE = new int[DISTANCES];
    private static final byte[] DISTANCE_BITS = new byte[DISTANCES];

    static {
        int length = 3;
        for (int symbol = 257; symbol < 285; symbol++) {
            int bits = symbol < 261 ? 0 : (symbol - 261) >> 2;
            for (int extra = 0; extra < (1 << bits); extra++) {
                LENGTH_SYMBOL[length] = (short) symbol;
                LENGTH_EXTRA[length] = (byte) extra;
                LENGTH_BITS[length++] = (byte) bits;
            }
        }
        LENGTH_SYMBOL[LONGEST] = 285;
        LENGTH_EXTRA[LONGEST] = 0;
        LENGTH_BITS[LONGEST] = 0;
        int distance = 1;
        for (int symbol = 0; symbol < DISTANCES; symbol++) {
            int bits = symbol < 2 ? 0 : (symbol >> 1) - 1;
            DISTANCE_BASE[symbol] = distance;
            DISTANCE_BITS[symbol] = (byte) bits;
            for (int each = distance; each < distance + (1 << bits); each++) {
                DISTANCE_SYMBOL[index(each)] = (byte) symbol;
            }
            distance += 1 << bits;
        }
    }

    private DeflateSymbols() {}

    private static int index(int distance) {
        int less = distance - 1;
        return less < 256 ? less : 256 + (less >>> 7);
    }

    static int length(int length) {
        return LENGTH_SYMBOL[length];
    }

    static int lengthExtra(int length) {
        return LENGTH_EXTRA[length] & 0xff;
    }

    static int lengthBits(int length) {
        return LENGTH_BITS[length];
    }

    /** Extra bits of a symbol above {@link #END}. */
    static int symbolBits(int symbol) {
        return symbol < 265 || symbol == 285 ? 0 : (symbol - 261) >> 2;
    }

    static int distance(int distance) {
        return DISTANCE_SYMBOL[index(distance)];
    }

    static int distanceBase(int symbol) {
        return DISTANCE_BASE[symbol];
    }

    static int distanceBits(int symbol) {
        return DISTANCE_BITS[symbol];
    }
}
