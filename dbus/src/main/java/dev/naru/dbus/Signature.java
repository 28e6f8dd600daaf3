package dev.naru.dbus;

import static java.util.Objects.requireNonNull;

/** Types in a row, taken one by one (D-Bus specification, "Type System"). */
final class Signature {
    private final String text;
    private int at;

    Signature(String text) {
        this.text = requireNonNull(text, "text");
    }

    boolean more() {
        return at < text.length();
    }

    /** The next type's first character. */
    char next() {
        if (!more()) {
            throw new IllegalArgumentException("more values than types: " + text);
        }
        return text.charAt(at++);
    }

    boolean ends(char bracket) {
        return more() && text.charAt(at) == bracket;
    }

    void end(char bracket) {
        if (next() != bracket) {
            throw new IllegalArgumentException("unbalanced: " + text);
        }
    }

    /** The complete type of an array's elements. */
    String element() {
        int start = at;
        skip();
        return text.substring(start, at);
    }

    private void skip() {
        char type = next();
        switch (type) {
            case 'a' -> skip();
            case '(', '{' -> {
                char closing = type == '(' ? ')' : '}';
                while (!ends(closing)) {
                    skip();
                }
                end(closing);
            }
            default -> {}
        }
    }

    static int alignment(char type) {
        return switch (type) {
            case 'y', 'g', 'v' -> 1;
            case 'n', 'q' -> 2;
            case 'x', 't', 'd', '(', '{' -> 8;
            default -> 4;
        };
    }
}
