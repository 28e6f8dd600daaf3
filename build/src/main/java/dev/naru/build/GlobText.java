package dev.naru.build;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** A shell's pattern of {@code *} and {@code ?} on a text, without backtracking. */
final class GlobText {
    private static final char STAR = '\uE000';
    private static final char ANY = '\uE001';
    /** A replacement looks at each place of the text. */
    private static final int REPLACE_LIMIT = 16 << 10;

    private final String tokens;

    private GlobText(String tokens) {
        this.tokens = tokens;
    }

    static GlobText of(String pattern) {
        var tokens = new StringBuilder();
        for (int at = 0; at < pattern.length(); at++) {
            char c = pattern.charAt(at);
            if (c == '\\' && at + 1 < pattern.length()) {
                tokens.append(pattern.charAt(++at));
            } else {
                tokens.append(c == '*' ? STAR : c == '?' ? ANY : c);
            }
        }
        return new GlobText(tokens.toString());
    }

    /** The text without the shortest, or longest, beginning that matches. */
    String withoutPrefix(String text, boolean longest) {
        int length = prefix(text, 0, longest);
        return length < 0 ? text : text.substring(length);
    }

    String withoutSuffix(String text, boolean longest) {
        var mirror = new GlobText(new StringBuilder(tokens).reverse().toString());
        String reversed = new StringBuilder(text).reverse().toString();
        int length = mirror.prefix(reversed, 0, longest);
        return length < 0 ? text : text.substring(0, text.length() - length);
    }

    /** The text with the first match, or all, replaced; null when it is too long for that. */
    @Nullable
    String replace(String text, String replacement, boolean all) {
        if (text.length() > REPLACE_LIMIT) {
            return null;
        }
        var out = new StringBuilder();
        int at = 0;
        boolean done = false;
        while (at < text.length()) {
            int length = done ? -1 : prefix(text, at, true);
            if (length > 0) {
                out.append(replacement);
                at += length;
                done = !all;
            } else {
                out.append(text.charAt(at++));
            }
        }
        return out.toString();
    }

    /** Length of the match that begins at {@code start}, -1 for none. */
    private int prefix(String text, int start, boolean longest) {
        var states = new BitSet(tokens.length() + 1);
        enter(states, 0);
        int found = -1;
        for (int at = start; ; at++) {
            if (states.get(tokens.length())) {
                found = at - start;
                if (!longest) {
                    return found;
                }
            }
            if (at == text.length() || states.isEmpty()) {
                return found;
            }
            states = step(states, text.charAt(at));
        }
    }

    private BitSet step(BitSet states, char c) {
        var after = new BitSet(tokens.length() + 1);
        for (int state = states.nextSetBit(0);
                state >= 0 && state < tokens.length();
                state = states.nextSetBit(state + 1)) {
            char token = tokens.charAt(state);
            if (token == STAR) {
                enter(after, state);
            } else if (token == ANY || token == c) {
                enter(after, state + 1);
            }
        }
        return after;
    }

    private void enter(BitSet states, int state) {
        int at = state;
        states.set(at);
        while (at < tokens.length() && tokens.charAt(at) == STAR) {
            states.set(++at);
        }
    }
}
