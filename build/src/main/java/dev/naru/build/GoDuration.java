package dev.naru.build;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as Docker writes them ({@code 1m30s}), in nanoseconds. */
final class GoDuration {
    private static final Pattern WHOLE = Pattern.compile("([0-9]{1,12}(\\.[0-9]{1,12})?(ns|us|µs|ms|s|m|h)){1,16}");
    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|m|h)");

    private GoDuration() {}

    /** Null for anything that is none, or longer than 292 years. */
    static @Nullable Long parse(String text) {
        if (text.equals("0")) {
            return 0L;
        }
        if (!WHOLE.matcher(text).matches()) {
            return null;
        }
        var sum = BigDecimal.ZERO;
        var parts = PART.matcher(text);
        while (parts.find()) {
            sum = sum.add(new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit(parts.group(2)))));
        }
        return sum.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0 ? null : Long.valueOf(sum.longValue());
    }

    private static long unit(String name) {
        return switch (name) {
            case "ns" -> 1;
            case "us", "µs" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
    }

    static String text(long nanoseconds) {
        if (nanoseconds == 0) {
            return "0s";
        }
        if (nanoseconds < 1_000) {
            return nanoseconds + "ns";
        }
        if (nanoseconds < 1_000_000) {
            return decimal(nanoseconds, 3) + "µs";
        }
        if (nanoseconds < 1_000_000_000L) {
            return decimal(nanoseconds, 6) + "ms";
        }
        long minutes = nanoseconds / 60_000_000_000L;
        String seconds = decimal(nanoseconds % 60_000_000_000L, 9) + "s";
        if (minutes == 0) {
            return seconds;
        }
        return (minutes < 60 ? "" : minutes / 60 + "h") + minutes % 60 + "m" + seconds;
    }

    private static String decimal(long value, int places) {
        return BigDecimal.valueOf(value, places).stripTrailingZeros().toPlainString();
    }
}
