package dev.naru.registry;

import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what hosts.toml uses of TOML 1.0: tables with dotted and quoted names, texts, booleans, whole numbers and
 * arrays. A table is a map, in the file's order.
 */
final class Toml {
    private static final int DEEPEST = 16;

    private final String text;
    private int at;

    private Toml(String text) {
        this.text = text;
    }

    /**
     * Reads a document.
     *
     * @throws NaruException INVALID with the line
     */
    static Map<String, Object> parse(String text) {
        return new Toml(text).document();
    }

    private Map<String, Object> document() {
        Map<String, Object> root = new LinkedHashMap<>();
        Map<String, Object> table = root;
        for (skipBlank(); at < text.length(); skipBlank()) {
            if (text.charAt(at) == '[') {
                at++;
                if (at < text.length() && text.charAt(at) == '[') {
                    throw wrong("arrays of tables are not used here");
                }
                table = table(root, names(']'));
                expect(']');
            } else {
                List<String> names = names('=');
                expect('=');
                Map<String, Object> owner = table(table, names.subList(0, names.size() - 1));
                skipSpace();
                if (owner.put(names.getLast(), value(0)) != null) {
                    throw wrong("\"" + names.getLast() + "\" is there twice");
                }
            }
            endOfLine();
        }
        return root;
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> table(Map<String, Object> from, List<String> names) {
        Map<String, Object> table = from;
        for (String name : names) {
            Object next = table.computeIfAbsent(name, any -> new LinkedHashMap<String, Object>());
            if (!(next instanceof Map)) {
                throw wrong("\"" + name + "\" is no table");
            }
            table = (Map<String, Object>) next;
        }
        return table;
    }

    private List<String> names(char end) {
        var names = new ArrayList<String>();
        do {
            skipSpace();
            names.add(name());
            skipSpace();
        } while (accept('.'));
        if (at >= text.length() || text.charAt(at) != end) {
            throw wrong("'" + end + "' is missing");
        }
        return names;
    }

    private String name() {
        if (at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
            return string();
        }
        int from = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "_-".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        if (from == at) {
            throw wrong("a name is missing");
        }
        return text.substring(from, at);
    }

    private Object value(int depth) {
        if (depth > DEEPEST) {
            throw wrong("arrays are nested too deep");
        }
        char first = at < text.length() ? text.charAt(at) : '\n';
        if (first == '"' || first == '\'') {
            return string();
        }
        if (first == '[') {
            return array(depth);
        }
        int from = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "+-_".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        String word = text.substring(from, at);
        if (word.equals("true") || word.equals("false")) {
            return Boolean.valueOf(word);
        }
        if (word.matches("[+-]?[0-9]{1,18}")) {
            return Long.valueOf(word);
        }
        throw wrong("\"" + word + "\" is no value");
    }

    private List<Object> array(int depth) {
        var values = new ArrayList<Object>();
        expect('[');
        skipBlank();
        while (!accept(']')) {
            values.add(value(depth + 1));
            skipBlank();
            if (!accept(',')) {
                expect(']');
                break;
            }
            skipBlank();
        }
        return values;
    }

    private String string() {
        char quote = text.charAt(at++);
        var value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote && text.charAt(at) != '\n') {
            char each = text.charAt(at++);
            value.append(each == '\\' && quote == '"' ? escaped() : each);
        }
        if (!accept(quote)) {
            throw wrong("a text does not end");
        }
        return value.toString();
    }

    private char escaped() {
        char each = at < text.length() ? text.charAt(at++) : '\n';
        return switch (each) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '"', '\\' -> each;
            default -> throw wrong("\\" + each + " is not known");
        };
    }

    private void endOfLine() {
        skipSpace();
        if (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '#') {
            throw wrong("there is more than one thing");
        }
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private void skipBlank() {
        for (skipSpace(); at < text.length(); skipSpace()) {
            if (text.charAt(at) == '#') {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (text.charAt(at) == '\n') {
                at++;
            } else {
                return;
            }
        }
    }

    private boolean accept(char wanted) {
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) {
        if (!accept(wanted)) {
            throw wrong("'" + wanted + "' is missing");
        }
    }

    private NaruException wrong(String reason) {
        long line = text.substring(0, Math.min(at, text.length()))
                        .chars()
                        .filter(c -> c == '\n')
                        .count()
                + 1;
        return NaruException.invalid("line " + line + ": " + reason);
    }
}
