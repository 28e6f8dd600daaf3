package dev.naru.engine;

import dev.naru.error.NaruException;
import org.jspecify.annotations.Nullable;

/** The keys with which a client at a terminal leaves without ending what runs there. */
final class DetachKeys {
    private static final byte[] DEFAULT = {16, 17};

    private final byte[] keys;

    private DetachKeys(byte[] keys) {
        this.keys = keys;
    }

    /**
     * Reads {@code ctrl-p,ctrl-q}: letters, digits and {@code ctrl-} with one of {@code a-z @ [ \ ] ^ _}.
     *
     * @param text null or empty for ctrl-p,ctrl-q
     * @throws NaruException INVALID with Docker's text
     */
    static DetachKeys parse(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return new DetachKeys(DEFAULT);
        }
        String[] names = text.split(",", -1);
        byte[] keys = new byte[names.length];
        for (int i = 0; i < names.length; i++) {
            keys[i] = key(names[i], text);
        }
        return new DetachKeys(keys);
    }

    private static byte key(String name, String text) {
        if (name.length() == 1 && name.charAt(0) < 128) {
            return (byte) name.charAt(0);
        }
        if (name.length() == 6 && name.startsWith("ctrl-")) {
            char letter = name.charAt(5);
            if (letter >= 'a' && letter <= 'z') {
                return (byte) (letter - 'a' + 1);
            }
            int special = "@abcdefghijklmnopqrstuvwxyz[\\]^_".indexOf(letter);
            if (special >= 0) {
                return (byte) special;
            }
        }
        throw NaruException.invalid("Invalid detach keys (" + text + ") provided");
    }

    Scanner scanner() {
        return new Scanner();
    }

    /** Looks for the keys in what is typed; what may be their beginning is held back until that is known. */
    final class Scanner {
        private int matched;

        private Scanner() {}

        /**
         * Takes typed bytes.
         *
         * @param passed receives what is to go on to the process; room for {@code length} and the number of keys
         * @return how many bytes that are; the complement of it (negative) when the keys were typed
         */
        int scan(byte[] typed, int length, byte[] passed) {
            int count = 0;
            for (int i = 0; i < length; i++) {
                if (typed[i] != keys[matched]) {
                    System.arraycopy(keys, 0, passed, count, matched);
                    count += matched;
                    matched = 0;
                }
                if (typed[i] == keys[matched]) {
                    matched++;
                } else {
                    passed[count++] = typed[i];
                }
                if (matched == keys.length) {
                    return ~count;
                }
            }
            return count;
        }

        /** Room that {@link #scan} needs beyond what was typed. */
        int room() {
            return keys.length;
        }
    }
}
