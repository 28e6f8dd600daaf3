package dev.naru.daemon;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as Docker's command lines write them: {@code 64m}, {@code 1g}, {@code 512k}, plain bytes; units of 1024. */
final class ByteSize {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})([kmgt]?)(i?b)?");

    private ByteSize() {}

    /** @param flag what the size is for, for the error */
    static long parse(String flag, String text) {
        Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new NaruException(
                    ErrorKind.INVALID, "invalid value \"" + text + "\" for " + flag, "", "write a size such as 64m");
        }
        int shift =
                switch (matcher.group(2)) {
                    case "k" -> 10;
                    case "m" -> 20;
                    case "g" -> 30;
                    case "t" -> 40;
                    default -> 0;
                };
        return Long.parseLong(matcher.group(1)) << shift;
    }
}
