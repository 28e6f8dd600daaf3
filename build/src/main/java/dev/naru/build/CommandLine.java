package dev.naru.build;

import java.util.List;

/**
 * What RUN, CMD, ENTRYPOINT and HEALTHCHECK execute.
 *
 * @param words the JSON array, or the one line for a shell
 * @param shell whether it was no JSON array
 */
record CommandLine(List<String> words, boolean shell, List<Heredoc> heredocs) {
    CommandLine {
        words = List.copyOf(words);
        heredocs = List.copyOf(heredocs);
    }

    String line() {
        return words.isEmpty() ? "" : words.getFirst();
    }

    /** As a process takes it. */
    List<String> arguments(List<String> interpreter) {
        if (!shell) {
            return words;
        }
        List<String> all = new java.util.ArrayList<>(interpreter);
        all.addAll(words);
        return all;
    }
}
