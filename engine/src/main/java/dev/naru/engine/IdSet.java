package dev.naru.engine;

import java.util.BitSet;

/** Sets of processors or memory nodes as the kernel lists them: {@code 0-3,7}. */
final class IdSet {
    private static final int MOST = 8192;

    private IdSet() {}

    /**
     * Reads a set.
     *
     * @throws IllegalArgumentException when it has another form
     */
    static BitSet parse(String text) {
        var ids = new BitSet();
        if (text.isEmpty()) {
            return ids;
        }
        for (String part : text.split(",", -1)) {
            int dash = part.indexOf('-');
            int first = number(dash < 0 ? part : part.substring(0, dash), text);
            int last = dash < 0 ? first : number(part.substring(dash + 1), text);
            if (last < first) {
                throw new IllegalArgumentException("invalid format: " + text);
            }
            ids.set(first, last + 1);
        }
        return ids;
    }

    private static int number(String text, String all) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number < MOST) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, with the whole text.
        }
        throw new IllegalArgumentException("invalid format: " + all);
    }
}
