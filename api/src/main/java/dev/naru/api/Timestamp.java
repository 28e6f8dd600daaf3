package dev.naru.api;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Points in time as clients write them: Unix seconds with a fraction, RFC 3339, or how long ago in Go's notation. */
final class Timestamp {
    private static final long LAST_SECOND = Long.MAX_VALUE / 1_000_000_000L - 1;

    private Timestamp() {}

    /** Nanoseconds since 1970; 0 when it is absent. */
    static long parse(@Nullable String text) {
        if (text == null || text.isEmpty() || text.equals("0")) {
            return 0;
        }
        try {
            if (text.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.' || c == '-')
                    && text.indexOf('-', 1) < 0) {
                return unix(text);
            }
            if (Character.isLetter(text.charAt(text.length() - 1)) && text.indexOf('T') < 0) {
                return nanos(Instant.now()) - duration(text);
            }
            return nanos(date(text));
        } catch (ArithmeticException | DateTimeException | NumberFormatException e) {
            // Docker has no better status for it.
            throw new NaruException(ErrorKind.INTERNAL, "strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
        }
    }

    private static long unix(String text) {
        int dot = text.indexOf('.');
        long seconds = Long.parseLong(dot < 0 ? text : text.substring(0, dot));
        String fraction = dot < 0 ? "" : text.substring(dot + 1);
        String nine = (fraction + "000000000").substring(0, 9);
        if (Math.abs(seconds) > LAST_SECOND) {
            // Later than a long can tell: never.
            return seconds < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return seconds * 1_000_000_000L + Long.parseLong(nine);
    }

    private static Instant date(String text) {
        String whole = text.length() == 10 ? text + "T00:00:00" : text;
        try {
            return OffsetDateTime.parse(whole).toInstant();
        } catch (DateTimeParseException e) {
            return java.time.LocalDateTime.parse(whole)
                    .atZone(java.time.ZoneId.systemDefault())
                    .toInstant();
        }
    }

    private static long nanos(Instant at) {
        return Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000_000L), at.getNano());
    }

    /** {@code 1h30m}, {@code 1.5s}, {@code 300ms}. */
    private static long duration(String text) {
        double total = 0;
        int at = 0;
        while (at < text.length()) {
            int from = at;
            while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
                at++;
            }
            double value = Double.parseDouble(text.substring(from, at));
            int unit = at;
            while (at < text.length() && Character.isLetter(text.charAt(at))) {
                at++;
            }
            total += value * unit(text.substring(unit, at));
        }
        return (long) total;
    }

    private static double unit(String name) {
        return switch (name) {
            case "ns" -> 1;
            case "us", "µs" -> 1e3;
            case "ms" -> 1e6;
            case "s" -> 1e9;
            case "m" -> 60e9;
            case "h" -> 3600e9;
            default -> throw new NumberFormatException(name);
        };
    }
}
