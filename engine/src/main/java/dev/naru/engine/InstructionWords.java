package dev.naru.engine;

import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Splits the argument of a Dockerfile instruction: words with quotes and escapes, or a JSON list. */
final class InstructionWords {
    private InstructionWords() {}

    /** The strings of {@code ["a", "b"]}; empty when the text is not of that form. */
    static Optional<List<String>> json(String text) {
        String trimmed = text.strip();
        if (!trimmed.startsWith("[") || !trimmed.endsWith("]")) {
            return Optional.empty();
        }
        try {
            return Optional.of(JsonValues.strings(trimmed));
        } catch (RuntimeException e) {
            // Docker takes a list that is not valid JSON for a shell's command.
            return Optional.empty();
        }
    }

    /** The words; quotes are taken off, a backslash keeps the next character from its meaning. */
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
                inWord = true;
            } else if (quote != 0) {
                quote = c == quote ? 0 : quote;
                if (quote != 0) {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                inWord = true;
            } else if (Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                inWord = false;
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (quote != 0) {
            throw NaruException.invalid("unexpected end of statement while looking for matching "
                    + (quote == '"' ? "double-quote" : "single-quote"));
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
