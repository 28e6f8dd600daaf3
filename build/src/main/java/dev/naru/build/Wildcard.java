package dev.naru.build;

/**
 * A name with wildcards, as Go's {@code path.Match} takes it: {@code *}, {@code ?}, {@code [a-z]}, {@code [^a]}, a
 * backslash before a character that is meant as such. Neither of them matches a slash.
 */
public final class Wildcard {
    private Wildcard() {}

    static boolean isPattern(String text) {
        return text.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
    }

    /** The name without its backslashes. */
    static String literal(String text) {
        var plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && i + 1 < text.length()) {
                i++;
            }
            plain.append(text.charAt(i));
        }
        return plain.toString();
    }

    /** Whether it is one of the names; a malformed pattern matches none. */
    public static boolean matches(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int from = 0;
        while (n < name.length()) {
            int next = p < pattern.length() ? one(pattern, p, name.charAt(n)) : -1;
            if (next >= 0) {
                p = next;
                n++;
            } else if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                from = n;
            } else if (star >= 0 && name.charAt(from) != '/') {
                p = star + 1;
                n = ++from;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** Where the pattern goes on after one character, -1 when it does not match. */
    private static int one(String pattern, int at, char c) {
        return switch (pattern.charAt(at)) {
            case '*' -> -1;
            case '?' -> c == '/' ? -1 : at + 1;
            case '[' -> set(pattern, at + 1, c);
            case '\\' -> at + 1 < pattern.length() && pattern.charAt(at + 1) == c ? at + 2 : -1;
            default -> pattern.charAt(at) == c ? at + 1 : -1;
        };
    }

    private static int set(String pattern, int start, char c) {
        int at = start;
        boolean negated = at < pattern.length() && pattern.charAt(at) == '^';
        if (negated) {
            at++;
        }
        boolean found = false;
        boolean first = true;
        while (at < pattern.length() && (first || pattern.charAt(at) != ']')) {
            first = false;
            if (pattern.charAt(at) == '\\' && at + 1 < pattern.length()) {
                at++;
            }
            char low = pattern.charAt(at++);
            char high = low;
            if (at + 1 < pattern.length() && pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']') {
                at++;
                if (pattern.charAt(at) == '\\' && at + 1 < pattern.length()) {
                    at++;
                }
                high = pattern.charAt(at++);
            }
            found |= low <= c && c <= high;
        }
        return at < pattern.length() && found != negated ? at + 1 : -1;
    }
}
