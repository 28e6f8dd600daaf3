package dev.naru.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Go's printf verbs as templates use them: {@code %s %v %d %q %t %f %x %%}, with flags, width and precision. */
final class GoFormat {
    private GoFormat() {}

    static String format(String format, List<? extends @Nullable Object> arguments) {
        var out = new StringBuilder();
        int next = 0;
        int i = 0;
        while (i < format.length()) {
            char c = format.charAt(i++);
            if (c != '%') {
                out.append(c);
                continue;
            }
            int start = i;
            while (i < format.length() && "+-# 0123456789.".indexOf(format.charAt(i)) >= 0) {
                i++;
            }
            if (i == format.length()) {
                return out.append("%!(NOVERB)").toString();
            }
            String flags = format.substring(start, i);
            char verb = format.charAt(i++);
            if (verb == '%') {
                out.append('%');
            } else if (next >= arguments.size()) {
                out.append("%!").append(verb).append("(MISSING)");
            } else {
                out.append(one(flags, verb, arguments.get(next++)));
            }
        }
        return out.toString();
    }

    private static String one(String flags, char verb, @Nullable Object value) {
        String plain = flags.replace("#", "").replace("+", "");
        return switch (verb) {
            case 's', 'v' -> String.format(Locale.ROOT, "%" + stripZeros(plain) + "s", TemplateValue.text(value));
            case 'q' -> String.format(Locale.ROOT, "%" + plain + "s", JsonText.compact(TemplateValue.text(value)));
            case 't' -> String.format(Locale.ROOT, "%" + plain + "s", value);
            case 'd' ->
                value instanceof Number number
                        ? String.format(Locale.ROOT, "%" + flags + "d", number.longValue())
                        : "%!d(" + TemplateValue.text(value) + ")";
            case 'x', 'X' ->
                value instanceof Number number
                        ? String.format(Locale.ROOT, "%" + plain + verb, number.longValue())
                        : "%!x(" + TemplateValue.text(value) + ")";
            case 'f', 'e', 'g' ->
                value instanceof Number number
                        ? String.format(Locale.ROOT, "%" + flags + verb, number.doubleValue())
                        : "%!" + verb + "(" + TemplateValue.text(value) + ")";
            default -> "%!" + verb + "(" + TemplateValue.text(value) + ")";
        };
    }

    /** A leading zero pads only numbers. */
    private static String stripZeros(String flags) {
        int zeros = 0;
        while (zeros < flags.length() && flags.charAt(zeros) == '0') {
            zeros++;
        }
        return flags.substring(zeros);
    }
}
