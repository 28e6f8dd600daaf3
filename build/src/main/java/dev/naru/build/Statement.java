package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One instruction as it stands in the file: continuation joined, nothing expanded.
 *
 * @param keyword as written
 * @param flags {@code --name[=value]} words before the arguments
 * @param rest the arguments
 * @param firstLine from 1
 * @param comments lines directly above, without the hash
 */
record Statement(
        BuildFile file,
        String keyword,
        List<String> flags,
        String rest,
        List<Heredoc> heredocs,
        int firstLine,
        int lastLine,
        List<String> comments) {
    Statement {
        requireNonNull(file, "file");
        requireNonNull(keyword, "keyword");
        requireNonNull(rest, "rest");
        flags = List.copyOf(flags);
        heredocs = List.copyOf(heredocs);
        comments = List.copyOf(comments);
    }

    Vertex.SourceRange range() {
        return new Vertex.SourceRange(file.name(), firstLine, lastLine);
    }

    NaruException parseError(String message) {
        return file.parseError(firstLine, lastLine, message);
    }

    NaruException error(String message) {
        return file.error(firstLine, lastLine, message, null);
    }

    NaruException error(String message, @Nullable String hint) {
        return file.error(firstLine, lastLine, message, hint);
    }

    /** What a flag's word for yes or no says. */
    boolean truth(String key, String value) {
        return switch (value.toLowerCase(java.util.Locale.ROOT)) {
            case "true", "1", "t" -> true;
            case "false", "0", "f" -> false;
            default -> throw parseError("invalid value for " + key + ": " + value);
        };
    }

    /** The instruction in one line, keyword in capitals, as progress shows it. */
    String text() {
        String flagged = flags.isEmpty() ? "" : String.join(" ", flags) + " ";
        return keyword.toUpperCase(java.util.Locale.ROOT) + " " + flagged + rest;
    }

    /** The same error with its place in the file, if it has none yet. */
    NaruException located(NaruException failure) {
        if (failure.getCause() instanceof BuildFileException) {
            return failure;
        }
        var place = new BuildFileException(file, range(), String.valueOf(failure.getMessage()));
        return new NaruException(failure.kind(), failure.getMessage() + "\n" + file.excerpt(range()), "", null, place);
    }
}
