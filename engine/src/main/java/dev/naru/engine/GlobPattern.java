package dev.naru.engine;

import dev.naru.error.NaruException;

/** Patterns of Go's {@code path.Match}: {@code *} and {@code ?} don't match a slash, {@code [a-z]} and {@code [^a]}. */
final class GlobPattern {
    private final String pattern;

    GlobPattern(String pattern) {
        this.pattern = pattern;
    }

    /** Whether all of the text matches. */
    boolean matches(String text) {
        return matches(0, text, 0);
    }

    private boolean matches(int at, String text, int from) {
        int p = at;
        int t = from;
        while (p < pattern.length()) {
            char c = pattern.charAt(p);
            if (c == '*') {
                for (int rest = t; rest <= text.length(); rest++) {
                    if (matches(p + 1, text, rest)) {
                        return true;
                    }
                    if (rest < text.length() && text.charAt(rest) == '/') {
                        return false;
                    }
                }
                return false;
            }
            if (t == text.length()) {
                return false;
            }
            int next = one(p, text.charAt(t));
            if (next < 0) {
                return false;
            }
            p = next;
            t++;
        }
        return t == text.length();
    }

    /** Where the pattern goes on after one character; -1 when that doesn't match. */
    private int one(int at, char text) {
        char c = pattern.charAt(at);
        return switch (c) {
            case '?' -> text == '/' ? -1 : at + 1;
            case '[' -> range(at + 1, text);
            case '\\' -> at + 1 < pattern.length() && pattern.charAt(at + 1) == text ? at + 2 : -1;
            default -> c == text ? at + 1 : -1;
        };
    }

    private int range(int at, char text) {
        int end = pattern.indexOf(']', at + 1);
        if (end < 0) {
            throw NaruException.invalid("syntax error in pattern");
        }
        boolean negated = pattern.charAt(at) == '^';
        boolean found = false;
        for (int i = negated ? at + 1 : at; i < end; i++) {
            boolean span = i + 2 < end && pattern.charAt(i + 1) == '-';
            char high = span ? pattern.charAt(i + 2) : pattern.charAt(i);
            found |= pattern.charAt(i) <= text && text <= high;
            i += span ? 2 : 0;
        }
        return found != negated ? end + 1 : -1;
    }
}
