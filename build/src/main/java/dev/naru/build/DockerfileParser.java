package dev.naru.build;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Cuts a build file into statements: comments, continuation, documents, flags. One pass, in time linear to the file. */
final class DockerfileParser {
    private static final Set<String> DOCUMENTED = Set.of("run", "copy", "add");

    private final BuildFile file;
    private final char escape;
    private final List<Statement> statements = new ArrayList<>();
    private final List<Integer> emptyContinuations = new ArrayList<>();
    private List<String> comments = new ArrayList<>();
    private int next;

    private DockerfileParser(BuildFile file, char escape) {
        this.file = requireNonNull(file, "file");
        this.escape = escape;
    }

    /** @param emptyContinuations last lines of statements with an empty line after a continued one */
    record Parsed(List<Statement> statements, List<Integer> emptyContinuations) {
        Parsed {
            statements = List.copyOf(statements);
            emptyContinuations = List.copyOf(emptyContinuations);
        }
    }

    static Parsed parse(BuildFile file, char escape) {
        var parser = new DockerfileParser(file, escape);
        while (parser.next < file.lines().size()) {
            parser.step();
        }
        return new Parsed(parser.statements, parser.emptyContinuations);
    }

    private void step() {
        String line = file.lines().get(next).strip();
        if (line.isEmpty()) {
            comments = new ArrayList<>();
            next++;
        } else if (line.startsWith("#")) {
            comments.add(line.substring(1).strip());
            next++;
        } else {
            statement();
            comments = new ArrayList<>();
        }
    }

    private void statement() {
        int first = next + 1;
        var joined = new StringBuilder();
        boolean more = append(joined, file.lines().get(next++).stripLeading());
        boolean empty = false;
        while (more && next < file.lines().size()) {
            String line = file.lines().get(next++);
            String bare = line.stripLeading();
            if (bare.startsWith("#")) {
                continue;
            }
            if (bare.isEmpty()) {
                empty = true;
                continue;
            }
            more = append(joined, line);
        }
        if (empty) {
            emptyContinuations.add(next);
        }
        if (!joined.toString().isBlank()) {
            finish(joined.toString().strip(), first);
        }
    }

    /** Adds a line without its continuation; whether another follows. */
    private boolean append(StringBuilder joined, String line) {
        int end = line.length();
        while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
            end--;
        }
        boolean continued = end > 0 && line.charAt(end - 1) == escape && (end == 1 || line.charAt(end - 2) != escape);
        joined.append(line, 0, continued ? end - 1 : line.length());
        return continued;
    }

    private void finish(String text, int first) {
        int space = 0;
        while (space < text.length() && !Character.isWhitespace(text.charAt(space))) {
            space++;
        }
        String keyword = text.substring(0, space);
        String arguments = text.substring(space).strip();
        var flags = FlagWords.of(arguments, escape);
        String rest = arguments.substring(flags.end()).strip();
        List<Heredoc> heredocs = documents(keyword, rest, first);
        statements.add(new Statement(file, keyword, flags.flags(), rest, heredocs, first, next, comments));
    }

    private List<Heredoc> documents(String keyword, String rest, int first) {
        String name = keyword.toLowerCase(Locale.ROOT);
        if (name.equals("onbuild")) {
            name = rest.split("\\s", 2)[0].toLowerCase(Locale.ROOT);
        }
        if (!DOCUMENTED.contains(name) || !rest.contains("<<")) {
            return List.of();
        }
        List<Heredoc> found = new ArrayList<>();
        for (HeredocWords.Opening opening : HeredocWords.of(rest, escape)) {
            // A shell cannot read lines of Windows; a file is made as it was written.
            found.add(document(opening, first, file.endsWithReturns() && !name.equals("run") ? "\r\n" : "\n"));
        }
        return found;
    }

    private Heredoc document(HeredocWords.Opening opening, int first, String end) {
        var content = new StringBuilder();
        while (next < file.lines().size()) {
            String line = file.lines().get(next++);
            String bare = opening.strip() ? withoutTabs(line) : line;
            if (bare.equals(opening.name())) {
                return new Heredoc(opening.name(), content.toString(), opening.expand(), opening.strip());
            }
            content.append(bare).append(end);
        }
        throw file.error(
                first,
                first,
                "dockerfile parse error on line " + first + ": unterminated heredoc",
                "end it with a line that reads " + opening.name());
    }

    private static String withoutTabs(String line) {
        int at = 0;
        while (at < line.length() && line.charAt(at) == '\t') {
            at++;
        }
        return line.substring(at);
    }
}
