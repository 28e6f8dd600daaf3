package dev.naru.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a server wants to see before it answers (RFC 9110 section 11.6.1).
 *
 * @param scheme in lower case: {@code bearer}, {@code basic}
 * @param parameters by name in lower case: {@code realm}, {@code service}, {@code scope}, {@code error}
 */
record Challenge(String scheme, Map<String, String> parameters) {
    private static final int LONGEST = 16 * 1024;

    /** The challenges of all {@code WWW-Authenticate} fields; what makes no sense is passed over. */
    static List<Challenge> parse(List<String> fields) {
        var all = new ArrayList<Challenge>();
        for (String field : fields) {
            if (field.length() <= LONGEST) {
                new Reader(field, all).read();
            }
        }
        return all;
    }

    static Optional<Challenge> find(List<Challenge> all, String scheme) {
        return all.stream().filter(each -> each.scheme.equals(scheme)).findFirst();
    }

    String get(String parameter) {
        return parameters.getOrDefault(parameter, "");
    }

    private static final class Reader {
        private final String text;
        private final List<Challenge> all;
        private int at;

        Reader(String text, List<Challenge> all) {
            this.text = text;
            this.all = all;
        }

        void read() {
            while (at < text.length()) {
                skip(" ,\t");
                String word = token();
                if (word.isEmpty()) {
                    return;
                }
                skip(" \t");
                if (at < text.length() && text.charAt(at) == '=' && !all.isEmpty()) {
                    at++;
                    skip(" \t");
                    all.getLast().parameters.put(word.toLowerCase(Locale.ROOT), value());
                } else {
                    all.add(new Challenge(word.toLowerCase(Locale.ROOT), new LinkedHashMap<>()));
                }
            }
        }

        private void skip(String characters) {
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private String token() {
            int from = at;
            while (at < text.length() && " ,=\t\"".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(from, at);
        }

        private String value() {
            if (at >= text.length() || text.charAt(at) != '"') {
                return token();
            }
            var value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            at++;
            return value.toString();
        }
    }
}
