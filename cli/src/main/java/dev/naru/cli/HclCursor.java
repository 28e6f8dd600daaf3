package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Goes through a file of HashiCorp's configuration language, or a part of one: characters, words, space, depth. */
class HclCursor {
    private static final int DEEPEST = 200;

    final HclSource source;
    final String text;
    final int end;
    int at;
    /** Whether newlines are nothing but space here. */
    boolean flowing;

    int depth;

    HclCursor(HclSource source, int start, int end) {
        this.source = requireNonNull(source, "source");
        this.text = source.text();
        this.at = start;
        this.end = end;
    }

    final int position() {
        return at;
    }

    final HclSource.Place place(int start) {
        return new HclSource.Place(source, start, Math.max(start, at));
    }

    final CliException error(int start, String problem) {
        return source.error(start, Math.min(end, Math.max(start + 1, at)), problem);
    }

    final boolean more() {
        return at < end;
    }

    final char peek() {
        return at < end ? text.charAt(at) : '\0';
    }

    final boolean ahead(String word) {
        return text.startsWith(word, at) && at + word.length() <= end;
    }

    /** Passes over space and comments; over newlines too where they mean nothing. */
    final void space() {
        while (more()) {
            char c = peek();
            if (c == ' ' || c == '\t' || (c == '\r' && (flowing || ahead("\r\n"))) || (flowing && c == '\n')) {
                at++;
            } else if (c == '#' || ahead("//")) {
                while (more() && peek() != '\n') {
                    at++;
                }
            } else if (ahead("/*")) {
                int close = text.indexOf("*/", at + 2);
                if (close < 0 || close + 2 > end) {
                    throw error(at, "Unterminated comment");
                }
                at = close + 2;
            } else {
                return;
            }
        }
    }

    final void blank() {
        space();
        while (more() && (peek() == '\n' || peek() == '\r')) {
            at++;
            space();
        }
    }

    final boolean take(String word) {
        if (ahead(word)) {
            at += word.length();
            return true;
        }
        return false;
    }

    final void expect(String word, String where) {
        space();
        if (!take(word)) {
            throw error(at, "Missing " + (word.equals("\n") ? "newline" : "\"" + word + "\"") + " " + where);
        }
    }

    final @Nullable String name() {
        int start = at;
        if (!more() || !(Character.isLetter(peek()) || peek() == '_')) {
            return null;
        }
        while (more() && (Character.isLetterOrDigit(peek()) || peek() == '_' || peek() == '-')) {
            at++;
        }
        return text.substring(start, at);
    }

    final String name(String what) {
        space();
        String name = name();
        if (name == null) {
            throw error(at, "Missing " + what);
        }
        return name;
    }

    final void nest(int start) {
        if (++depth > DEEPEST) {
            throw error(start, "more than " + DEEPEST + " levels of nesting");
        }
    }

    /** The counterpart of {@link #nest}. */
    final void leave() {
        depth--;
    }

    /** Reads with newlines as space, until what ends it. */
    final <T> T flow(Supplier<T> reading) {
        return reading(true, reading);
    }

    private <T> T reading(boolean asSpace, Supplier<T> reading) {
        boolean before = flowing;
        flowing = asSpace;
        T result = reading.get();
        flowing = before;
        return result;
    }

    final void moveTo(int position) {
        at = position;
    }

    /** Reads with newlines as ends, as in a file. */
    final <T> T still(Supplier<T> reading) {
        return reading(false, reading);
    }
}
