package dev.naru.build;

import dev.naru.error.NaruException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An instruction in one line for people: values instead of variables, the beginning of documents. */
final class StepName {
    private static final int LIMIT = 1000;

    private StepName() {}

    static String of(Statement at, Map<String, String> variables, char escape) {
        String text = at.text();
        String shown = replaced(text.length() > LIMIT ? text.substring(0, LIMIT) + "…" : text, variables);
        boolean transfer =
                List.of("COPY", "ADD", "WORKDIR").contains(at.keyword().toUpperCase(Locale.ROOT));
        if (transfer) {
            return plain(text, shown, variables, escape);
        }
        if (at.heredocs().size() != 1 || InstructionParser.words(at.rest()).size() != 1) {
            return shown;
        }
        String content = at.heredocs().getFirst().content();
        int end = content.indexOf('\n');
        String first = end < 0 ? content : content.substring(0, end);
        boolean more = end >= 0 && end + 1 < content.length();
        return shown + " (" + (first.length() > 80 ? first.substring(0, 80) : first).strip() + (more ? "..." : "")
                + ")";
    }

    /** Without quotes, and with nothing for what has no value. */
    private static String plain(String text, String otherwise, Map<String, String> variables, char escape) {
        try {
            return text.length() > LIMIT
                    ? otherwise
                    : Expansion.expand(text, escape, variables, Expansion.Quotes.REMOVED)
                            .text();
        } catch (NaruException broken) {
            return otherwise;
        }
    }

    /** Only what has a value, and with quotes and escapes as they are. */
    private static String replaced(String text, Map<String, String> variables) {
        var out = new StringBuilder();
        int at = 0;
        while (at < text.length() && out.length() < 2 * LIMIT) {
            char c = text.charAt(at);
            boolean braced = c == '$' && at + 1 < text.length() && text.charAt(at + 1) == '{';
            int start = at + (braced ? 2 : 1);
            int end = start;
            while (c == '$'
                    && end < text.length()
                    && Character.isJavaIdentifierPart(text.charAt(end))
                    && text.charAt(end) != '$') {
                end++;
            }
            String value = end > start ? variables.get(text.substring(start, end)) : null;
            boolean closed = !braced || (end < text.length() && text.charAt(end) == '}');
            if (c == '\\' && at + 1 < text.length()) {
                out.append(c).append(text.charAt(at + 1));
                at += 2;
            } else if (value != null && closed) {
                out.append(value.replace('\n', ' '));
                at = braced ? end + 1 : end;
            } else {
                out.append(c);
                at++;
            }
        }
        return out.toString();
    }
}
