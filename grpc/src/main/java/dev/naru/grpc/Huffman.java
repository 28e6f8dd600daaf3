package dev.naru.grpc;

import java.io.IOException;
import java.util.Arrays;

/**
 * The code of RFC 7541 appendix B. It is canonical: codes of one length ascend with their symbols, so that the lengths
 * alone tell it.
 */
final class Huffman {
    /** One letter a symbol, {@code a} is 5 bits. Symbol 256 ends a string and never occurs in one. */
    private static final String LENGTHS = "isxxxxxxxtzxxzxxxxxxxxzxxxxxxxxxbffhibdgffdgdbbbaaabbbbbbbcdkbhf"
            + "ibccccccccccccccccccccccdcdioijbkabababbbaccbbbabcbaabccccckgjix"
            + "prpprrrsrssssststtrstssssqrsrsstrqprrssqsrrtqrssqqrqsrssprrrsrrs"
            + "vvporsruvvvwwvtuoqvwwvwtqqvvxwwwptpqrqqsrruuttvsvwvvwwwwwxwwwwwv"
            + "z";

    private static final int SHORTEST = 5;
    private static final int LONGEST = 30;

    /** Symbols by length, and within one by value. */
    private static final int[] SYMBOLS = new int[LENGTHS.length()];

    /** By length: the first code, how many there are, and where their symbols begin. */
    private static final int[] FIRST = new int[LONGEST + 1];

    private static final int[] COUNT = new int[LONGEST + 1];
    private static final int[] INDEX = new int[LONGEST + 1];

    static {
        int code = 0;
        int at = 0;
        for (int length = SHORTEST; length <= LONGEST; length++) {
            FIRST[length] = code;
            INDEX[length] = at;
            for (int symbol = 0; symbol < LENGTHS.length(); symbol++) {
                if (LENGTHS.charAt(symbol) - 'a' + SHORTEST == length) {
                    SYMBOLS[at++] = symbol;
                }
            }
            COUNT[length] = at - INDEX[length];
            code = (code + COUNT[length]) << 1;
        }
    }

    private Huffman() {}

    static byte[] decode(byte[] bytes, int offset, int length) throws IOException {
        var decoded = new byte[length * 8 / SHORTEST + 1];
        int count = 0;
        int code = 0;
        int bits = 0;
        for (int i = 0; i < length * 8; i++) {
            code = (code << 1) | ((bytes[offset + i / 8] >> (7 - i % 8)) & 1);
            bits++;
            if (bits > LONGEST) {
                throw new IOException("malformed header field: no such code");
            }
            int within = code - FIRST[bits];
            if (bits >= SHORTEST && within >= 0 && within < COUNT[bits]) {
                int symbol = SYMBOLS[INDEX[bits] + within];
                if (symbol == 256) {
                    throw new IOException("malformed header field: end within a string");
                }
                decoded[count++] = (byte) symbol;
                code = 0;
                bits = 0;
            }
        }
        // What remains must be padding: fewer than 8 bits, all of them set.
        if (bits > 7 || code != (1 << bits) - 1) {
            throw new IOException("malformed header field: bad padding");
        }
        return Arrays.copyOf(decoded, count);
    }
}
