package dev.naru.engine;

import dev.naru.error.NaruException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as options write them: {@code 512}, {@code 10m}, {@code 1.5GiB}; units are powers of 1024. */
final class ByteSize {
    private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?) ?([kmgtp])?i?b?");

    private ByteSize() {}

    /** Reads one; answers bytes. */
    static long parse(String text) {
        Matcher size = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            throw NaruException.invalid("invalid size: '" + text + "'");
        }
        String unit = size.group(2);
        int shift = unit == null ? 0 : 10 * (1 + "kmgtp".indexOf(unit));
        double bytes = Double.parseDouble(size.group(1)) * (1L << shift);
        if (bytes > Long.MAX_VALUE) {
            throw NaruException.invalid("invalid size: '" + text + "'");
        }
        return (long) bytes;
    }
}
