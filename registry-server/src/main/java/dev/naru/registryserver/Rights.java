package dev.naru.registryserver;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who may do what to which repository: lines of {@code user repository actions}. The user is a name, {@code *} for
 * everyone with a password, {@code -} for everyone; the repository may have {@code *} for a path element and {@code **}
 * for any number; actions are {@code pull}, {@code push}, {@code delete}, {@code catalog}, comma-separated, or
 * {@code all}. What no line allows is refused. A {@code #} begins a comment.
 */
final class Rights {
    private static final String EVERYONE = "-";
    private static final String NAMED = "*";

    private final List<Line> lines;

    private Rights(List<Line> lines) {
        this.lines = List.copyOf(lines);
    }

    private record Line(String user, Pattern repository, Set<Scope.Action> actions) {}

    /** Everyone with a password may do everything. */
    static Rights ofNamed() {
        return new Rights(List.of(new Line(NAMED, Pattern.compile(".*"), Set.of(Scope.Action.values()))));
    }

    /** @throws NaruException INVALID with the line's number */
    static Rights read(Path file) {
        try {
            return parse(file.toString(), Files.readAllLines(file));
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.INVALID, "cannot read the rights in " + file, failure);
        }
    }

    static Rights parse(String file, List<String> text) {
        var lines = new ArrayList<Line>();
        for (int number = 1; number <= text.size(); number++) {
            String line = text.get(number - 1).replaceFirst("#.*", "").strip();
            if (!line.isEmpty()) {
                lines.add(line(file + ":" + number, line.split("\\s+")));
            }
        }
        return new Rights(lines);
    }

    private static Line line(String where, String[] words) {
        if (words.length != 3) {
            throw NaruException.invalid(where + ": a line is USER REPOSITORY ACTIONS");
        }
        return new Line(words[0], pattern(words[1]), actions(where, words[2]));
    }

    private static Pattern pattern(String repository) {
        String expression = Stream.of(repository.split("(?<=\\*\\*)|(?=\\*\\*)"))
                .map(part -> part.equals("**")
                        ? ".*"
                        : Stream.of(part.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining("[^/]*")))
                .collect(Collectors.joining());
        return Pattern.compile(expression);
    }

    private static Set<Scope.Action> actions(String where, String words) {
        if (words.equals("all")) {
            return Set.of(Scope.Action.values());
        }
        return Stream.of(words.split(",", -1))
                .map(word -> switch (word) {
                    case "pull" -> Scope.Action.PULL;
                    case "push" -> Scope.Action.PUSH;
                    case "delete" -> Scope.Action.DELETE;
                    case "catalog" -> Scope.Action.CATALOG;
                    default ->
                        throw NaruException.invalid(
                                where + ": unknown action \"" + word + "\"; use pull, push, delete, catalog or all");
                })
                .collect(Collectors.toUnmodifiableSet());
    }

    boolean allow(String user, Scope scope) {
        return lines.stream()
                .anyMatch(line -> concerns(line.user(), user)
                        && line.actions().contains(scope.action())
                        && line.repository().matcher(scope.repository()).matches());
    }

    private static boolean concerns(String line, String user) {
        return line.equals(EVERYONE) || (!user.isEmpty() && (line.equals(NAMED) || line.equals(user)));
    }
}
