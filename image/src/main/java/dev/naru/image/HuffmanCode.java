package dev.naru.image;

import java.util.Arrays;

/** A canonical Huffman code with a longest length, made from how often its symbols occur (RFC 1951 section 3.2.2). */
final class HuffmanCode {
    private static final int SYMBOL_BITS = 9;
    private static final int SYMBOL = (1 << SYMBOL_BITS) - 1;

    private static final int DIGIT_BITS = 8;
    private static final int DIGIT = (1 << DIGIT_BITS) - 1;

    final int[] counts;
    /** Of each symbol the code with its first bit lowest, as it is written. */
    final int[] codes;

    final byte[] lengths;
    private final int longest;
    private final int[] keys;
    private final int[] tree;
    private final int[] digits = new int[DIGIT + 1];
    private final int[] perLength;
    private final int[] next;

    HuffmanCode(int symbols, int longest) {
        this.counts = new int[symbols];
        this.codes = new int[symbols];
        this.lengths = new byte[symbols];
        this.longest = longest;
        this.keys = new int[symbols];
        this.tree = new int[symbols];
        this.perLength = new int[longest + 2];
        this.next = new int[longest + 2];
    }

    /** Makes lengths and codes from the counts. */
    void build() {
        Arrays.fill(lengths, (byte) 0);
        int used = 0;
        for (int symbol = 0; symbol < counts.length; symbol++) {
            if (counts[symbol] > 0) {
                keys[used++] = (counts[symbol] << SYMBOL_BITS) | symbol;
            }
        }
        if (used < 2) {
            // A code of one symbol would be incomplete, which not every decoder takes.
            int only = used == 0 ? 0 : keys[0] & SYMBOL;
            lengths[only] = 1;
            lengths[only == 0 ? 1 : 0] = 1;
        } else {
            sort(used);
            depths(used);
            assign();
        }
        number();
    }

    /** Sorts the keys, which are in the order of their symbols, by counts: a digit a pass, lowest first. */
    private void sort(int used) {
        int all = 0;
        for (int i = 0; i < used; i++) {
            all |= keys[i];
        }
        for (int shift = SYMBOL_BITS; all >>> shift != 0; shift += DIGIT_BITS) {
            Arrays.fill(digits, 0);
            for (int i = 0; i < used; i++) {
                digits[(keys[i] >>> shift) & DIGIT]++;
            }
            int at = 0;
            for (int digit = 0; digit <= DIGIT; digit++) {
                int count = digits[digit];
                digits[digit] = at;
                at += count;
            }
            for (int i = 0; i < used; i++) {
                tree[digits[(keys[i] >>> shift) & DIGIT]++] = keys[i];
            }
            System.arraycopy(tree, 0, keys, 0, used);
        }
    }

    /** The number of leaves of each depth, by the in-place algorithm of Moffat and Katajainen (1995). */
    private void depths(int used) {
        for (int i = 0; i < used; i++) {
            tree[i] = keys[i] >>> SYMBOL_BITS;
        }
        join(used);
        tree[used - 2] = 0;
        for (int i = used - 3; i >= 0; i--) {
            tree[i] = tree[tree[i]] + 1;
        }
        Arrays.fill(perLength, 0);
        int open = 1;
        int depth = 0;
        int node = used - 2;
        while (open > 0) {
            int inner = 0;
            while (node >= 0 && tree[node] == depth) {
                inner++;
                node--;
            }
            perLength[Math.min(depth, longest)] += open - inner;
            open = inner * 2;
            depth++;
        }
        shorten();
    }

    private void join(int used) {
        int leaf = 0;
        int root = 0;
        for (int node = 0; node < used - 1; node++) {
            int weight = 0;
            for (int child = 0; child < 2; child++) {
                if (leaf >= used || (root < node && tree[root] < tree[leaf])) {
                    weight += tree[root];
                    tree[root++] = node;
                } else {
                    weight += tree[leaf++];
                }
            }
            tree[node] = weight;
        }
    }

    /** Codes cut to the longest length take more room than there is: others become longer until all fit (Kraft). */
    private void shorten() {
        int room = 0;
        for (int length = 1; length <= longest; length++) {
            room += perLength[length] << (longest - length);
        }
        while (room > (1 << longest)) {
            int length = longest - 1;
            while (perLength[length] == 0) {
                length--;
            }
            perLength[length]--;
            perLength[length + 1] += 2;
            perLength[longest]--;
            room--;
        }
    }

    private void assign() {
        int at = 0;
        for (int length = longest; length > 0; length--) {
            for (int i = 0; i < perLength[length]; i++) {
                lengths[keys[at++] & SYMBOL] = (byte) length;
            }
        }
    }

    /** Gives each symbol its code from the lengths alone. */
    void number() {
        Arrays.fill(perLength, 0);
        for (byte length : lengths) {
            perLength[length]++;
        }
        int code = 0;
        for (int length = 1; length <= longest; length++) {
            code = (code + (length == 1 ? 0 : perLength[length - 1])) << 1;
            next[length] = code;
        }
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            int length = lengths[symbol];
            if (length > 0) {
                codes[symbol] = Integer.reverse(next[length]++) >>> (32 - length);
            }
        }
    }

    /** Bits that all symbols counted take in a code of such lengths. */
    long cost(byte[] code) {
        long bits = 0;
        for (int symbol = 0; symbol < counts.length; symbol++) {
            bits += (long) counts[symbol] * code[symbol];
        }
        return bits;
    }
}
