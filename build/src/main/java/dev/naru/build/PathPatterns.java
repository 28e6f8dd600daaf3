package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Patterns of paths with Docker's rules: the last one that matches decides, {@code !} makes an exception, a pattern that
 * matches a directory matches all that is in it. For {@code .dockerignore}, {@code --exclude} and includes alike.
 */
public final class PathPatterns {
    private final List<String> patterns;
    private final List<Rule> rules;

    private record Rule(PathGlob glob, boolean exception) {}

    private PathPatterns(List<String> patterns) {
        this.patterns = List.copyOf(patterns);
        List<Rule> made = new ArrayList<>();
        for (String pattern : patterns) {
            boolean exception = pattern.startsWith("!");
            made.add(new Rule(PathGlob.of(exception ? pattern.substring(1) : pattern), exception));
        }
        this.rules = List.copyOf(made);
    }

    /**
     * Takes patterns as they are written.
     *
     * @throws NaruException INVALID for an exception of nothing
     */
    public static PathPatterns of(List<String> patterns) {
        List<String> clean = new ArrayList<>();
        for (String each : patterns) {
            String pattern = each.strip();
            boolean exception = pattern.startsWith("!");
            String path = exception ? pattern.substring(1).strip() : pattern;
            if (exception && path.isEmpty()) {
                throw new NaruException(
                        ErrorKind.INVALID, "illegal exclusion pattern: \"!\"", "", "write the path after the !");
            }
            String name = clean(path);
            if (!path.isEmpty() && !name.isEmpty()) {
                clean.add((exception ? "!" : "") + name);
            }
        }
        return new PathPatterns(clean);
    }

    /** Reads a {@code .dockerignore}: a pattern a line, comments where the first column has a hash. */
    public static PathPatterns ofIgnoreFile(String text) {
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return of(plain.lines().filter(line -> !line.startsWith("#")).toList());
    }

    /** Whether the path, relative and without leading slash, is matched in the end. */
    public boolean matches(String path) {
        boolean matched = false;
        for (Rule rule : rules) {
            // A rule that would change nothing need not be tried.
            if (matched == rule.exception() && rule.glob().matches(path)) {
                matched = !rule.exception();
            }
        }
        return matched;
    }

    /** Whether some path below the directory could be matched. */
    public boolean mayMatchBelow(String directory) {
        return rules.stream().anyMatch(rule -> !rule.exception() && rule.glob().mayMatchBelow(directory));
    }

    /** Whether an exception could apply below the directory, so that an excluded one must be looked into all the same. */
    public boolean mayExceptBelow(String directory) {
        return rules.stream().anyMatch(rule -> rule.exception() && rule.glob().mayMatchBelow(directory));
    }

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** Cleaned: no leading or trailing slash, no dots. */
    public List<String> patterns() {
        return patterns;
    }

    private static String clean(String path) {
        Deque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..") && !parts.isEmpty() && !parts.getLast().equals("..")) {
                parts.removeLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }
}
