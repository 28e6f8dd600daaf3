package dev.naru.build;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** One pattern of {@code .dockerignore}: {@code *}, {@code ?}, {@code [a-z]}, {@code **}; all states at once, never back. */
final class PathGlob {
    private final List<Token> tokens;

    private PathGlob(List<Token> tokens) {
        this.tokens = List.copyOf(tokens);
    }

    private sealed interface Token {
        record Literal(char c) implements Token {}

        /** One character of a name. */
        record Any() implements Token {}

        record Star() implements Token {}

        /** Whatever follows, slashes too. */
        record Rest() implements Token {}

        /** No directory, or as many as there are: goes to the next token or the one after that. */
        record Directories() implements Token {}

        record Inside() implements Token {}

        record Range(String members, boolean negated) implements Token {}
    }

    static PathGlob of(String pattern) {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            if (pattern.startsWith("**/", at)) {
                tokens.add(new Token.Directories());
                tokens.add(new Token.Inside());
                at += 3;
            } else if (pattern.startsWith("**", at)) {
                tokens.add(new Token.Rest());
                at += 2;
            } else if (c == '[' && pattern.indexOf(']', at + 2) > 0) {
                at = range(pattern, at, tokens);
            } else if (c == '\\' && at + 1 < pattern.length()) {
                tokens.add(new Token.Literal(pattern.charAt(at + 1)));
                at += 2;
            } else {
                tokens.add(c == '*' ? new Token.Star() : c == '?' ? new Token.Any() : new Token.Literal(c));
                at++;
            }
        }
        return new PathGlob(tokens);
    }

    /** Ranges become pairs of their ends. */
    private static int range(String pattern, int start, List<Token> tokens) {
        boolean negated = pattern.charAt(start + 1) == '^';
        int end = pattern.indexOf(']', start + 2);
        int at = start + (negated ? 2 : 1);
        var members = new StringBuilder();
        while (at < end) {
            char low = pattern.charAt(at);
            boolean pair = at + 2 < end && pattern.charAt(at + 1) == '-';
            members.append(low).append(pair ? pattern.charAt(at + 2) : low);
            at += pair ? 3 : 1;
        }
        tokens.add(new Token.Range(members.toString(), negated));
        return end + 1;
    }

    /** Whether the path matches, or a directory that it is in. */
    boolean matches(String path) {
        BitSet states = begin();
        for (int at = 0; at < path.length() && !states.isEmpty(); at++) {
            char c = path.charAt(at);
            if (c == '/' && states.get(tokens.size())) {
                return true;
            }
            states = step(states, c);
        }
        return states.get(tokens.size());
    }

    /** Whether something below the directory could match. */
    boolean mayMatchBelow(String directory) {
        if (matches(directory)) {
            return true;
        }
        BitSet states = begin();
        for (int at = 0; at < directory.length(); at++) {
            states = step(states, directory.charAt(at));
        }
        return !step(states, '/').isEmpty();
    }

    private BitSet begin() {
        var states = new BitSet(tokens.size() + 1);
        enter(states, 0);
        return states;
    }

    private BitSet step(BitSet states, char c) {
        var after = new BitSet(tokens.size() + 1);
        for (int state = states.nextSetBit(0);
                state >= 0 && state < tokens.size();
                state = states.nextSetBit(state + 1)) {
            step(state, c, after);
        }
        return after;
    }

    private void step(int state, char c, BitSet after) {
        switch (tokens.get(state)) {
            case Token.Literal literal -> {
                if (literal.c() == c) {
                    enter(after, state + 1);
                }
            }
            case Token.Any any -> {
                if (c != '/') {
                    enter(after, state + 1);
                }
            }
            case Token.Star star -> {
                if (c != '/') {
                    enter(after, state);
                }
            }
            case Token.Rest rest -> enter(after, state);
            case Token.Directories directories -> {}
            case Token.Inside inside -> {
                enter(after, state);
                if (c == '/') {
                    enter(after, state + 1);
                }
            }
            case Token.Range range -> {
                if (c != '/' && in(range.members(), c) != range.negated()) {
                    enter(after, state + 1);
                }
            }
        }
    }

    private static boolean in(String members, char c) {
        for (int at = 0; at + 1 < members.length(); at += 2) {
            if (members.charAt(at) <= c && c <= members.charAt(at + 1)) {
                return true;
            }
        }
        return false;
    }

    private void enter(BitSet states, int state) {
        int at = state;
        while (!states.get(at)) {
            states.set(at);
            if (at == tokens.size()) {
                return;
            }
            Token token = tokens.get(at);
            if (token instanceof Token.Directories) {
                states.set(at + 1);
                at += 2;
            } else if (token instanceof Token.Star || token instanceof Token.Rest) {
                at++;
            }
        }
    }
}
