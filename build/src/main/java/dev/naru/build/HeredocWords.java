package dev.naru.build;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Finds where documents are opened in the words of an instruction, as a shell would: not within quotes, not {@code <<<}. */
final class HeredocWords {
    private static final Pattern OPENING = Pattern.compile("\\d*<<(-?)([^<]+)");

    private HeredocWords() {}

    record Opening(String name, boolean expand, boolean strip) {}

    static List<Opening> of(String text, char escape) {
        List<Opening> found = new ArrayList<>();
        for (String word : rawWords(text, escape)) {
            Opening opening = opening(word);
            if (opening != null) {
                found.add(opening);
            }
        }
        return found;
    }

    static @org.jspecify.annotations.Nullable Opening opening(String word) {
        if (word.length() > 1024) {
            return null;
        }
        var match = OPENING.matcher(word);
        if (!match.matches()) {
            return null;
        }
        String name = match.group(2);
        String bare = name.replace("\"", "").replace("'", "").replace("\\", "");
        return bare.isEmpty()
                ? null
                : new Opening(bare, bare.equals(name), !match.group(1).isEmpty());
    }

    /** Words with their quotes and escapes. */
    static List<String> rawWords(String text, char escape) {
        List<String> words = new ArrayList<>();
        var word = new StringBuilder();
        char quote = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (quote == 0 && Character.isWhitespace(c)) {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                continue;
            }
            word.append(c);
            if (c == escape && quote != '\'' && at + 1 < text.length()) {
                word.append(text.charAt(++at));
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }
}
