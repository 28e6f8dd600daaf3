package dev.naru.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Functions of texts. Characters are those of Unicode. */
final class HclTextFunctions {
    private static final int MOST_MATCHING = 10_000_000;

    private HclTextFunctions() {}

    static void add(Map<String, HclScope.Function> all) {
        unary(all, "lower", text -> text.toLowerCase(Locale.ROOT));
        unary(all, "upper", text -> text.toUpperCase(Locale.ROOT));
        unary(all, "title", HclTextFunctions::title);
        unary(all, "chomp", text -> text.replaceAll("(\r?\n)+$", ""));
        unary(all, "trimspace", String::strip);
        unary(all, "reverse", text -> new StringBuilder(text).reverse().toString());
        unary(all, "sanitize", text -> text.replaceAll("[^a-zA-Z0-9_-]", "_"));
        unary(all, "basename", HclTextFunctions::basename);
        unary(all, "dirname", HclTextFunctions::dirname);
        all.put("strlen", arguments -> {
            HclFunctions.count(arguments, 1, 1);
            String text = HclFunctions.text(arguments, 0);
            return BigDecimal.valueOf(text.codePointCount(0, text.length()));
        });
        all.put("trim", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            String cut = HclFunctions.text(arguments, 1);
            String text = HclFunctions.text(arguments, 0);
            int start = 0;
            int end = text.length();
            while (start < end && cut.indexOf(text.charAt(start)) >= 0) {
                start++;
            }
            while (end > start && cut.indexOf(text.charAt(end - 1)) >= 0) {
                end--;
            }
            return text.substring(start, end);
        });
        all.put("trimprefix", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            String text = HclFunctions.text(arguments, 0);
            String cut = HclFunctions.text(arguments, 1);
            return text.startsWith(cut) ? text.substring(cut.length()) : text;
        });
        all.put("trimsuffix", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            String text = HclFunctions.text(arguments, 0);
            String cut = HclFunctions.text(arguments, 1);
            return text.endsWith(cut) ? text.substring(0, text.length() - cut.length()) : text;
        });
        all.put("replace", arguments -> {
            HclFunctions.count(arguments, 3, 3);
            String from = HclFunctions.text(arguments, 1);
            String to = HclFunctions.text(arguments, 2);
            String text = HclFunctions.text(arguments, 0);
            if ((long) text.length() * Math.max(1, to.length()) > MOST_MATCHING) {
                throw new HclValues.Unsuitable("the result is too long");
            }
            return text.replace(from, to);
        });
        all.put("indent", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            int spaces = HclFunctions.integer(arguments, 0);
            String text = HclFunctions.text(arguments, 1);
            if (spaces < 0 || (long) spaces * text.length() > MOST_MATCHING) {
                throw new HclValues.Unsuitable("no such indentation");
            }
            return text.replace("\n", "\n" + " ".repeat(spaces));
        });
        all.put("substr", HclTextFunctions::substring);
        all.put("split", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            String separator = HclFunctions.text(arguments, 0);
            String text = HclFunctions.text(arguments, 1);
            return separator.isEmpty()
                    ? text.codePoints().mapToObj(Character::toString).collect(Collectors.toCollection(ArrayList::new))
                    : new ArrayList<>(List.of(text.split(Pattern.quote(separator), -1)));
        });
        all.put("join", arguments -> {
            HclFunctions.count(arguments, 2, Integer.MAX_VALUE);
            List<String> parts = new ArrayList<>();
            arguments.subList(1, arguments.size()).forEach(list -> HclValues.list(list)
                    .forEach(each -> parts.add(HclValues.text(each))));
            return String.join(HclFunctions.text(arguments, 0), parts);
        });
        all.put("regex", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            Matcher matcher = matcher(arguments.get(0), arguments.get(1));
            if (!matcher.find()) {
                throw new HclValues.Unsuitable("pattern did not match any part of the given string");
            }
            return groups(matcher);
        });
        all.put("regexall", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            Matcher matcher = matcher(arguments.get(0), arguments.get(1));
            List<@Nullable Object> found = new ArrayList<>();
            while (matcher.find()) {
                found.add(groups(matcher));
            }
            return found;
        });
        all.put("regex_replace", arguments -> {
            HclFunctions.count(arguments, 3, 3);
            String to =
                    HclFunctions.text(arguments, 2).replace("\\", "\\\\").replaceAll("\\$(\\d+)(?=[A-Za-z_])", "\\$");
            try {
                return matcher(arguments.get(1), arguments.get(0)).replaceAll(to);
            } catch (IllegalArgumentException malformed) {
                throw new HclValues.Unsuitable("invalid replacement: " + malformed.getMessage());
            }
        });
        all.put("format", arguments -> {
            HclFunctions.count(arguments, 1, Integer.MAX_VALUE);
            return HclFormat.of(HclFunctions.text(arguments, 0), arguments.subList(1, arguments.size()));
        });
        all.put("formatlist", HclTextFunctions::formats);
    }

    private static void unary(Map<String, HclScope.Function> all, String name, UnaryOperator<String> function) {
        all.put(name, arguments -> {
            HclFunctions.count(arguments, 1, 1);
            return function.apply(HclFunctions.text(arguments, 0));
        });
    }

    private static String title(String text) {
        var titled = new StringBuilder();
        boolean begin = true;
        for (int c : text.codePoints().toArray()) {
            titled.appendCodePoint(begin ? Character.toTitleCase(c) : c);
            begin = !Character.isLetterOrDigit(c) && c != '_' && c != '\'';
        }
        return titled.toString();
    }

    private static String basename(String path) {
        if (path.isEmpty()) {
            return ".";
        }
        String cut = path.replaceAll("/+$", "");
        return cut.isEmpty() ? "/" : cut.substring(cut.lastIndexOf('/') + 1);
    }

    private static String dirname(String path) {
        int slash = path.lastIndexOf('/');
        String directory = slash < 0 ? "" : path.substring(0, slash + 1);
        return BakeTarget.clean(directory);
    }

    private static Object substring(List<@Nullable Object> arguments) {
        HclFunctions.count(arguments, 3, 3);
        int[] text = HclFunctions.text(arguments, 0).codePoints().toArray();
        int offset = HclFunctions.integer(arguments, 1);
        int length = HclFunctions.integer(arguments, 2);
        int from = Math.clamp(offset < 0 ? offset + text.length : offset, 0, text.length);
        int to = length < 0 ? text.length : (int) Math.min(text.length, (long) from + length);
        return new String(text, from, Math.max(0, to - from));
    }

    /** What is matched stops a pattern that would go on for ever. */
    private static final class Watched implements CharSequence {
        private final CharSequence text;
        private final int[] left;

        Watched(CharSequence text, int[] left) {
            this.text = text;
            this.left = left;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (--left[0] < 0) {
                throw new HclValues.Unsuitable("the regular expression takes too long");
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Watched(text.subSequence(start, end), left);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }

    private static Matcher matcher(@Nullable Object pattern, @Nullable Object text) {
        try {
            String adapted = HclValues.text(pattern).replace("(?P<", "(?<");
            return Pattern.compile(adapted).matcher(new Watched(HclValues.text(text), new int[] {MOST_MATCHING}));
        } catch (PatternSyntaxException malformed) {
            throw new HclValues.Unsuitable("invalid regexp pattern: " + malformed.getDescription());
        }
    }

    private static @Nullable Object groups(Matcher matcher) {
        if (matcher.groupCount() == 0) {
            return matcher.group();
        }
        Map<String, Integer> names = matcher.namedGroups();
        if (!names.isEmpty()) {
            Map<String, @Nullable Object> named = new TreeMap<>();
            names.forEach((name, number) -> named.put(name, matcher.group(number)));
            return named;
        }
        List<@Nullable Object> groups = new ArrayList<>();
        for (int i = 1; i <= matcher.groupCount(); i++) {
            groups.add(matcher.group(i));
        }
        return groups;
    }

    private static Object formats(List<@Nullable Object> arguments) {
        HclFunctions.count(arguments, 1, Integer.MAX_VALUE);
        int length = 1;
        for (Object each : arguments) {
            length = each instanceof List<?> list ? list.size() : length;
        }
        List<@Nullable Object> all = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            List<@Nullable Object> row = new ArrayList<>();
            for (Object each : arguments) {
                if (each instanceof List<?> list && list.size() != length) {
                    throw new HclValues.Unsuitable("all lists must have the same length");
                }
                row.add(each instanceof List<?> list ? list.get(i) : each);
            }
            all.add(HclFormat.of(HclValues.text(row.getFirst()), row.subList(1, row.size())));
        }
        return all;
    }
}
