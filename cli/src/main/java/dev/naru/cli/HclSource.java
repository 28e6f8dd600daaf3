package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A file in HashiCorp's configuration language.
 *
 * @param name as messages call it
 */
record HclSource(String name, String text) {
    HclSource {
        requireNonNull(name, "name");
        requireNonNull(text, "text");
    }

    int line(int offset) {
        return (int) text.substring(0, Math.min(offset, text.length()))
                        .chars()
                        .filter(c -> c == '\n')
                        .count()
                + 1;
    }

    private int column(int offset) {
        int at = Math.min(offset, text.length());
        int begin = text.lastIndexOf('\n', at - 1) + 1;
        return text.codePointCount(begin, at) + 1;
    }

    /**
     * What is wrong at a place, with the lines around it.
     *
     * @param end the offset behind it
     */
    CliException error(int start, int end, String problem) {
        int from = Math.min(start, text.length());
        int to = Math.max(from, Math.min(end, text.length()));
        int first = line(from);
        int last = line(to);
        String[] lines = text.split("\n", -1);
        var message = new StringBuilder(name + ":" + first + "\n--------------------\n");
        for (int each = Math.max(1, first - 2); each <= Math.min(lines.length, last + 2); each++) {
            boolean here = each >= first && each <= last;
            message.append(String.format("%4d | %s %s%n", each, here ? ">>>" : "   ", shown(lines[each - 1])));
        }
        return new CliException(message.append("--------------------\n")
                .append(name + ":" + first + "," + column(from) + "-" + (last == first ? "" : last + ",") + column(to))
                .append(": " + problem)
                .toString());
    }

    /** A hostile file does not write to the terminal as it likes. */
    private static String shown(String line) {
        String plain = line.replace('\t', ' ').replaceAll("\\p{Cntrl}", "?");
        return plain.length() > 400 ? plain.substring(0, 400) + "…" : plain;
    }

    /** A place in a source. */
    record Place(HclSource source, int start, int end) {
        CliException error(String problem) {
            return source.error(start, end, problem);
        }

        CliException error(String problem, @Nullable String detail) {
            return error(detail == null || detail.isEmpty() ? problem : problem + "; " + detail);
        }
    }
}
