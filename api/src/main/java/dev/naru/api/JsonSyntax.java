package dev.naru.api;

import dev.naru.error.NaruException;

/** Checks the syntax of the first JSON value of a text, and says what is wrong with it in the words of Go's decoder. */
final class JsonSyntax {
    /** Deeper than this no honest text goes, and a recursive parser's stack would not hold it. */
    private static final int DEEPEST = 200;

    private final byte[] json;
    private int at;
    private int depth;

    private JsonSyntax(byte[] json) {
        this.json = json;
    }

    /**
     * The index behind the value, or 0 when there is nothing but white space.
     *
     * @throws NaruException INVALID with Docker's words
     */
    static int end(byte[] json) {
        var text = new JsonSyntax(json);
        text.space();
        if (text.at == json.length) {
            return 0;
        }
        text.value();
        return text.at;
    }

    static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    private void space() {
        while (at < json.length && isSpace(json[at])) {
            at++;
        }
    }

    private char here() {
        if (at >= json.length) {
            throw NaruException.invalid("invalid JSON: unexpected EOF");
        }
        return (char) (json[at] & 0xff);
    }

    private NaruException wrong(String where) {
        char c = here();
        String shown = c == '\'' ? "'\\''" : c == '"' ? "'\"'" : "'" + c + "'";
        return NaruException.invalid("invalid JSON: invalid character " + shown + " " + where);
    }

    private void value() {
        switch (here()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> text();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> throw wrong("looking for beginning of value");
        }
    }

    private void deeper() {
        at++;
        if (++depth > DEEPEST) {
            throw NaruException.invalid("invalid JSON: exceeded max depth");
        }
        space();
    }

    private void shallower() {
        at++;
        depth--;
    }

    private void object() {
        deeper();
        if (here() == '}') {
            shallower();
            return;
        }
        while (true) {
            if (here() != '"') {
                throw wrong("looking for beginning of object key string");
            }
            text();
            space();
            if (here() != ':') {
                throw wrong("after object key");
            }
            at++;
            space();
            value();
            space();
            if (here() == '}') {
                shallower();
                return;
            }
            if (here() != ',') {
                throw wrong("after object key:value pair");
            }
            at++;
            space();
        }
    }

    private void array() {
        deeper();
        if (here() == ']') {
            shallower();
            return;
        }
        while (true) {
            value();
            space();
            if (here() == ']') {
                shallower();
                return;
            }
            if (here() != ',') {
                throw wrong("after array element");
            }
            at++;
            space();
        }
    }

    private void text() {
        for (at++; here() != '"'; at++) {
            if (here() < ' ') {
                throw wrong("in string literal");
            }
            if (here() == '\\') {
                at++;
                escape();
            }
        }
        at++;
    }

    private void escape() {
        if (here() == 'u') {
            for (int digit = 0; digit < 4; digit++) {
                at++;
                if (Character.digit(here(), 16) < 0) {
                    throw wrong("in \\u hexadecimal character escape");
                }
            }
        } else if ("bfnrt\\/\"".indexOf(here()) < 0) {
            throw wrong("in string escape code");
        }
    }

    private void literal(String word) {
        for (int index = 0; index < word.length(); index++, at++) {
            if (here() != word.charAt(index)) {
                throw wrong("in literal " + word + " (expecting '" + word.charAt(index) + "')");
            }
        }
    }

    private void number() {
        if (here() == '-') {
            at++;
        }
        if (here() == '0') {
            at++;
        } else {
            digits("in numeric literal");
        }
        if (at < json.length && json[at] == '.') {
            at++;
            digits("after decimal point in numeric literal");
        }
        if (at < json.length && (json[at] == 'e' || json[at] == 'E')) {
            at++;
            if (here() == '+' || here() == '-') {
                at++;
            }
            digits("in exponent of numeric literal");
        }
    }

    private void digits(String where) {
        if (!isDigit(here())) {
            throw wrong(where);
        }
        while (at < json.length && isDigit((char) json[at])) {
            at++;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
