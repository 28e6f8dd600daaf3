package dev.naru.cli;

import java.util.ArrayList;
import java.util.List;

/** Cuts the inside of an action into tokens. */
final class TemplateLexer {
    /** The kinds of token; SPACE matters between a term and a field. */
    enum Kind {
        SPACE,
        FIELD,
        DOT,
        VARIABLE,
        NAME,
        CONSTANT,
        SYMBOL
    }

    /** A token; {@code value} is a constant's value or the text. */
    record Token(Kind kind, String text, Object value) {}

    private final String source;
    private int at;
    private final List<Token> tokens = new ArrayList<>();

    TemplateLexer(String source) {
        this.source = source;
    }

    List<Token> tokens() {
        while (at < source.length()) {
            char c = source.charAt(at);
            if (Character.isWhitespace(c)) {
                while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
                    at++;
                }
                add(Kind.SPACE, " ");
            } else if (c == '.') {
                at++;
                String name = word();
                if (name.isEmpty()) {
                    add(Kind.DOT, ".");
                } else {
                    add(Kind.FIELD, name);
                }
            } else if (c == '$') {
                at++;
                add(Kind.VARIABLE, word());
            } else if (c == '"' || c == '`') {
                string(c);
            } else if (c == '\'') {
                character();
            } else if (Character.isDigit(c) || ((c == '-' || c == '+') && digitAt(at + 1))) {
                number();
            } else if (Character.isLetter(c) || c == '_') {
                keyword(word());
            } else if (source.startsWith(":=", at)) {
                at += 2;
                add(Kind.SYMBOL, ":=");
            } else if ("()|,=".indexOf(c) >= 0) {
                at++;
                add(Kind.SYMBOL, String.valueOf(c));
            } else {
                throw new TemplateException("unexpected \"" + c + "\" in command");
            }
        }
        return tokens;
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, text));
    }

    private void constant(Object value) {
        tokens.add(new Token(Kind.CONSTANT, String.valueOf(value), value));
    }

    private boolean digitAt(int index) {
        return index < source.length() && Character.isDigit(source.charAt(index));
    }

    private String word() {
        int start = at;
        while (at < source.length() && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '_')) {
            at++;
        }
        return source.substring(start, at);
    }

    private void keyword(String word) {
        switch (word) {
            case "true" -> constant(true);
            case "false" -> constant(false);
            default -> add(Kind.NAME, word);
        }
    }

    private void number() {
        int start = at++;
        while (at < source.length() && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '.')) {
            at++;
        }
        String text = source.substring(start, at);
        try {
            if (text.indexOf('.') >= 0) {
                constant(Double.valueOf(text));
            } else {
                constant(Long.decode(text));
            }
        } catch (NumberFormatException e) {
            throw new TemplateException("bad number syntax: \"" + text + "\"");
        }
    }

    private void character() {
        int end = source.indexOf('\'', at + 1);
        if (end < at + 2) {
            throw new TemplateException("unterminated character constant");
        }
        constant((long) source.charAt(at + 1));
        at = end + 1;
    }

    private void string(char quote) {
        var text = new StringBuilder();
        int i = at + 1;
        while (i < source.length() && source.charAt(i) != quote) {
            char c = source.charAt(i++);
            if (c != '\\' || quote == '`') {
                text.append(c);
                continue;
            }
            if (i == source.length()) {
                break;
            }
            char escaped = source.charAt(i++);
            switch (escaped) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case 'u' -> {
                    if (i + 4 > source.length()) {
                        throw new TemplateException("unterminated quoted string");
                    }
                    text.append((char) Integer.parseInt(source, i, i + 4, 16));
                    i += 4;
                }
                default -> text.append(escaped);
            }
        }
        if (i >= source.length()) {
            throw new TemplateException("unterminated quoted string");
        }
        at = i + 1;
        constant(text.toString());
    }
}
