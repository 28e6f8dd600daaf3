package dev.naru.build;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the JSON array of strings that is an instruction's exec form. */
final class JsonStrings {
    private final String text;
    private int at;

    private JsonStrings(String text) {
        this.text = text;
    }

    /** Null for anything else, which is then the shell form. */
    static @Nullable List<String> parse(String text) {
        if (!text.startsWith("[")) {
            return null;
        }
        var reader = new JsonStrings(text);
        List<String> strings = new ArrayList<>();
        reader.at = 1;
        if (reader.next(']')) {
            return reader.atEnd() ? strings : null;
        }
        do {
            String value = reader.string();
            if (value == null) {
                return null;
            }
            strings.add(value);
        } while (reader.next(','));
        return reader.next(']') && reader.atEnd() ? strings : null;
    }

    private boolean next(char c) {
        blanks();
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private boolean atEnd() {
        blanks();
        return at == text.length();
    }

    private void blanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private @Nullable String string() {
        if (!next('"')) {
            return null;
        }
        var out = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return out.toString();
            }
            if (c == '\\') {
                int escaped = escaped();
                if (escaped < 0) {
                    return null;
                }
                out.append((char) escaped);
            } else if (c < ' ') {
                return null;
            } else {
                out.append(c);
            }
        }
        return null;
    }

    private int escaped() {
        if (at == text.length()) {
            return -1;
        }
        char c = text.charAt(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> -1;
        };
    }

    private int unicode() {
        if (at + 4 > text.length()) {
            return -1;
        }
        int value = 0;
        for (int end = at + 4; at < end; at++) {
            int digit = Character.digit(text.charAt(at), 16);
            if (digit < 0) {
                return -1;
            }
            value = value * 16 + digit;
        }
        return value;
    }
}
