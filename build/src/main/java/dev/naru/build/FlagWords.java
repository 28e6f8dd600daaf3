package dev.naru.build;

import java.util.ArrayList;
import java.util.List;

/**
 * The {@code --name=value} words that arguments begin with.
 *
 * @param flags without quotes
 * @param end where the arguments proper begin
 */
record FlagWords(List<String> flags, int end) {
    FlagWords {
        flags = List.copyOf(flags);
    }

    static FlagWords of(String text, char escape) {
        List<String> flags = new ArrayList<>();
        int at = 0;
        while (text.startsWith("--", at)) {
            var word = new StringBuilder();
            at = word(text, at, escape, word);
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            if (word.toString().equals("--")) {
                break;
            }
            flags.add(word.toString());
        }
        return new FlagWords(flags, at);
    }

    private static int word(String text, int start, char escape, StringBuilder word) {
        char quote = 0;
        int at = start;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (quote == 0 && Character.isWhitespace(c)) {
                break;
            }
            if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            } else if (c == escape && at + 1 < text.length()) {
                word.append(text.charAt(++at));
            } else {
                word.append(c);
            }
            at++;
        }
        return at;
    }
}
