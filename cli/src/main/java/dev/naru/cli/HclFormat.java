package dev.naru.cli;

import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts values into a text at verbs such as {@code %s}, {@code %-5d} and {@code %[2]q}. */
final class HclFormat {
    private static final Pattern VERB =
            Pattern.compile("%(?:\\[(\\d{1,4})\\])?([-+# 0]*)(\\d{1,4})?(?:\\.(\\d{1,4}))?(.)?");

    private HclFormat() {}

    static String of(String format, List<@Nullable Object> values) {
        var out = new StringBuilder();
        Matcher verb = VERB.matcher(format);
        int at = 0;
        int next = 0;
        while (verb.find()) {
            out.append(format, at, verb.start());
            at = verb.end();
            String kind = verb.group(5) == null ? "" : verb.group(5);
            if (kind.equals("%")) {
                out.append('%');
                continue;
            }
            if (verb.group(1) != null) {
                next = Integer.parseInt(verb.group(1)) - 1;
            }
            if (next < 0 || next >= values.size()) {
                throw new HclValues.Unsuitable("not enough arguments for \"" + verb.group() + "\": need index "
                        + Math.max(0, next) + " but have " + values.size() + " total");
            }
            out.append(padded(verb, kind, values.get(next++)));
        }
        boolean numbered = format.matches("(?s).*%\\[\\d+\\].*");
        if (!numbered && next < values.size()) {
            throw new HclValues.Unsuitable("too many arguments; only " + next + " used by format string");
        }
        return out.append(format, at, format.length()).toString();
    }

    private static String padded(Matcher verb, String kind, @Nullable Object value) {
        String flags = verb.group(2);
        String text = written(verb, kind, value);
        int width = verb.group(3) == null ? 0 : Integer.parseInt(verb.group(3));
        int missing = Math.max(0, width - text.codePointCount(0, text.length()));
        if (flags.contains("-")) {
            return text + " ".repeat(missing);
        }
        if (flags.contains("0") && !kind.equals("s")) {
            boolean signed = text.startsWith("-") || text.startsWith("+");
            return (signed ? text.substring(0, 1) : "") + "0".repeat(missing) + text.substring(signed ? 1 : 0);
        }
        return " ".repeat(missing) + text;
    }

    private static String written(Matcher verb, String kind, @Nullable Object value) {
        String precision = verb.group(4);
        String sign = verb.group(2).contains("+") ? "+" : verb.group(2).contains(" ") ? " " : "";
        return switch (kind) {
            case "v" ->
                value instanceof String || value instanceof BigDecimal || value instanceof Boolean
                        ? HclValues.text(value)
                        : HclValues.json(value);
            case "s" -> cut(HclValues.text(value), precision);
            case "q" -> JsonText.compact(HclValues.text(value));
            case "t" -> Boolean.toString(HclValues.truth(value));
            case "d", "b", "o", "x", "X" -> signed(sign, integer(kind, value));
            case "f", "F", "e", "E", "g", "G" -> {
                BigDecimal number = HclValues.number(value);
                String form = "%" + (kind.equals("F") ? "." : ".");
                yield kind.equalsIgnoreCase("g") && precision == null
                        ? signed(sign, HclValues.plain(number))
                        : signed(
                                sign,
                                String.format(
                                        java.util.Locale.ROOT,
                                        form + (precision == null ? "6" : precision) + (kind.equals("F") ? "f" : kind),
                                        number));
            }
            default -> throw new HclValues.Unsuitable("unsupported format verb \"" + kind + "\"");
        };
    }

    private static String integer(String kind, @Nullable Object value) {
        var number =
                HclValues.number(value).setScale(0, java.math.RoundingMode.DOWN).toBigInteger();
        return switch (kind) {
            case "b" -> number.toString(2);
            case "o" -> number.toString(8);
            case "x" -> number.toString(16);
            case "X" -> number.toString(16).toUpperCase(java.util.Locale.ROOT);
            default -> number.toString();
        };
    }

    private static String signed(String sign, String number) {
        return number.startsWith("-") ? number : sign + number;
    }

    private static String cut(String text, @Nullable String precision) {
        int most = precision == null ? Integer.MAX_VALUE : Integer.parseInt(precision);
        return text.codePointCount(0, text.length()) <= most
                ? text
                : text.substring(0, text.offsetByCodePoints(0, most));
    }
}
