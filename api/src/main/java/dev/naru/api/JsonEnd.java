package dev.naru.api;

import dev.naru.error.NaruException;

/** Finds where the first JSON value of a text ends, so that an unfinished one and one too many can be told apart. */
final class JsonEnd {
    /** Deeper than this no honest text goes, and a recursive parser's stack would not hold it. */
    private static final int DEEPEST = 200;

    private JsonEnd() {}

    /** The index behind the value, or -1 when it does not end. */
    static int of(byte[] json) {
        int depth = 0;
        int at = 0;
        while (at < json.length && isSpace(json[at])) {
            at++;
        }
        for (; at < json.length; at++) {
            switch (json[at]) {
                case '{', '[' -> {
                    if (++depth > DEEPEST) {
                        throw NaruException.invalid("invalid JSON: exceeded max depth");
                    }
                }
                case '}', ']' -> {
                    if (--depth <= 0) {
                        return at + 1;
                    }
                }
                case '"' -> {
                    at = endOfText(json, at);
                    if (at < 0) {
                        return -1;
                    }
                    if (depth == 0) {
                        return at + 1;
                    }
                }
                default -> {
                    if (depth == 0 && (at + 1 == json.length || isSpace(json[at + 1]))) {
                        return at + 1;
                    }
                }
            }
        }
        return -1;
    }

    private static int endOfText(byte[] json, int quote) {
        for (int at = quote + 1; at < json.length; at++) {
            if (json[at] == '\\') {
                at++;
            } else if (json[at] == '"') {
                return at;
            }
        }
        return -1;
    }

    static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }
}
