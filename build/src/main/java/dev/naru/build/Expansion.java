package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Replaces variables in a word and takes its quotes away (Dockerfile reference, Environment replacement). */
final class Expansion {
    /** Values can double with each line: a bound keeps thirty lines from becoming a gigabyte. */
    private static final int LIMIT = 1 << 20;

    private static final int DEPTH = 64;

    private final String text;
    private final char escape;
    private final Map<String, String> variables;
    private final Quotes quotes;
    private final Set<String> unset = new LinkedHashSet<>();
    private int at;
    private int depth;

    /** What becomes of quotes; an escape is taken away in any case. */
    enum Quotes {
        /** Taken away, as in arguments. */
        REMOVED,
        /** Part of the text, as in documents. */
        KEPT
    }

    /** @param unset names without a value that were used without a default */
    record Expanded(String text, Set<String> unset) {}

    private Expansion(String text, char escape, Map<String, String> variables, Quotes quotes) {
        this.text = requireNonNull(text, "text");
        this.escape = escape;
        this.variables = requireNonNull(variables, "variables");
        this.quotes = requireNonNull(quotes, "quotes");
    }

    /** @throws NaruException INVALID for broken syntax and for {@code ${x:?}} without a value */
    static Expanded expand(String text, char escape, Map<String, String> variables, Quotes quotes) {
        if (text.indexOf('$') < 0 && text.indexOf(escape) < 0 && (quotes == Quotes.KEPT || plain(text))) {
            return new Expanded(text, Set.of());
        }
        var expansion = new Expansion(text, escape, variables, quotes);
        String result = expansion.until('\0');
        return new Expanded(result, expansion.unset);
    }

    private static boolean plain(String text) {
        return text.indexOf('"') < 0 && text.indexOf('\'') < 0;
    }

    private String until(char stop) {
        if (++depth > DEPTH) {
            throw failure("substitutions are nested more than " + DEPTH + " deep");
        }
        var out = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == stop) {
                break;
            }
            one(c, out);
            if (out.length() > LIMIT) {
                throw failure("the expanded value is longer than " + LIMIT + " characters");
            }
        }
        depth--;
        return out.toString();
    }

    private void one(char c, StringBuilder out) {
        if (c == '$') {
            out.append(dollar());
        } else if (c == '\'' && quotes == Quotes.REMOVED) {
            single(out);
        } else if (c == '"' && quotes == Quotes.REMOVED) {
            twice(out);
        } else if (c == escape) {
            at++;
            if (at < text.length()) {
                out.append(text.charAt(at++));
            }
        } else {
            out.append(c);
            at++;
        }
    }

    private void single(StringBuilder out) {
        int end = text.indexOf('\'', at + 1);
        if (end < 0) {
            throw failure("unexpected end of statement while looking for matching single-quote");
        }
        out.append(text, at + 1, end);
        at = end + 1;
    }

    private void twice(StringBuilder out) {
        at++;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return;
            }
            if (c == '$') {
                out.append(dollar());
            } else {
                at++;
                if (c == escape && at < text.length()) {
                    char after = text.charAt(at++);
                    if (after != '"' && after != '$' && after != escape) {
                        out.append(c);
                    }
                    out.append(after);
                } else {
                    out.append(c);
                }
            }
        }
        throw failure("unexpected end of statement while looking for matching double-quote");
    }

    private String dollar() {
        at++;
        if (at < text.length() && text.charAt(at) == '{') {
            at++;
            return braced();
        }
        String name = name();
        return name.isEmpty() ? "$" : value(name);
    }

    private String braced() {
        String name = name();
        if (at >= text.length()) {
            throw failure("syntax error: missing '}'");
        }
        if (name.isEmpty()) {
            throw failure("syntax error: bad substitution");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case '}' -> value(name);
            case ':' -> conditional(name, true);
            case '+', '-', '?' -> {
                at--;
                yield conditional(name, false);
            }
            case '#', '%' -> trimmed(name, c);
            case '/' -> replaced(name);
            default -> throw failure("unsupported modifier (" + c + ") in substitution");
        };
    }

    private String conditional(String name, boolean emptyIsUnset) {
        char modifier = at < text.length() ? text.charAt(at++) : '\0';
        if ("+-?".indexOf(modifier) < 0) {
            throw failure("unsupported modifier (:" + (modifier == '\0' ? "" : modifier) + ") in substitution");
        }
        String word = close(until('}'));
        String value = variables.get(name);
        boolean set = value != null && !(emptyIsUnset && value.isEmpty());
        if (value == null) {
            // Missed even where there is a default: Docker remarks on it too.
            unset.add(name);
        }
        return switch (modifier) {
            case '+' -> set ? word : "";
            case '-' -> set && value != null ? value : word;
            default -> {
                if (!set) {
                    String reason = value != null ? "is not allowed to be empty" : "is not allowed to be unset";
                    throw failure(name + ": " + (word.isEmpty() ? reason : word));
                }
                yield value == null ? "" : value;
            }
        };
    }

    private String trimmed(String name, char side) {
        boolean longest = at < text.length() && text.charAt(at) == side;
        if (longest) {
            at++;
        }
        var pattern = GlobText.of(close(pattern('}')));
        String value = value(name);
        return side == '#' ? pattern.withoutPrefix(value, longest) : pattern.withoutSuffix(value, longest);
    }

    private String replaced(String name) {
        boolean all = at < text.length() && text.charAt(at) == '/';
        if (all) {
            at++;
        }
        String pattern = pattern('/');
        String replacement = "";
        if (at < text.length() && text.charAt(at) == '/') {
            at++;
            replacement = until('}');
        } else {
            throw failure("syntax error: missing '/' in ${}");
        }
        close("");
        String value = value(name);
        String result = GlobText.of(pattern).replace(value, replacement, all);
        if (result == null) {
            throw failure(name + " is too long to replace in it");
        }
        return result;
    }

    /** A pattern keeps its escapes: they say which of its characters are meant as such. */
    private String pattern(char stop) {
        var out = new StringBuilder();
        while (at < text.length() && text.charAt(at) != stop && text.charAt(at) != '}') {
            char c = text.charAt(at);
            if (c == '$') {
                out.append(dollar());
            } else if (c == escape && at + 1 < text.length()) {
                out.append('\\').append(text.charAt(at + 1));
                at += 2;
            } else {
                out.append(c);
                at++;
            }
        }
        return out.toString();
    }

    private String close(String result) {
        if (at >= text.length() || text.charAt(at) != '}') {
            throw failure("syntax error: missing '}'");
        }
        at++;
        return result;
    }

    private String name() {
        int start = at;
        if (at < text.length() && "@*#?-$!0123456789".indexOf(text.charAt(at)) >= 0) {
            return special();
        }
        while (at < text.length() && named(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    private String special() {
        char c = text.charAt(at);
        if (c == '$' || Character.isDigit(c) || "@*#?-!".indexOf(c) >= 0) {
            at++;
            return String.valueOf(c);
        }
        return "";
    }

    private static boolean named(char c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private String value(String name) {
        String value = variables.get(name);
        if (value == null) {
            unset.add(name);
            return "";
        }
        return value;
    }

    private NaruException failure(String message) {
        String shown = text.length() > 200 ? text.substring(0, 200) + "…" : text;
        return NaruException.invalid("failed to process " + GoText.quoted(shown) + ": " + message);
    }
}
