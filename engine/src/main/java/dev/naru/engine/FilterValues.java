package dev.naru.engine;

import dev.naru.error.NaruException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values of filters that are not just text. */
final class FilterValues {
    private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|µs|ms|s|m|h)");
    private static final Map<String, Long> UNITS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);

    private FilterValues() {}

    /**
     * The truth of a filter.
     *
     * @throws NaruException INVALID {@code invalid filter 'dangling=[x]'}
     */
    static boolean truth(Filters filters, String key, boolean absent) {
        List<String> values = filters.get(key);
        if (values.isEmpty()) {
            return absent;
        }
        boolean yes = values.stream().anyMatch(value -> value.equals("1") || value.equals("true"));
        boolean no = values.stream().anyMatch(value -> value.equals("0") || value.equals("false"));
        if (yes == no) {
            throw NaruException.invalid("invalid filter '" + key + "=[" + String.join(" ", values) + "]'");
        }
        return yes;
    }

    /** The time of an {@code until} filter in nanoseconds since 1970; the end of time when there is none. */
    static long until(Filters filters) {
        List<String> values = filters.get("until");
        if (values.size() > 1) {
            throw NaruException.invalid("more than one until filter specified");
        }
        return values.isEmpty() ? Long.MAX_VALUE : time(values.getFirst(), Timestamps.now());
    }

    /** Whether none of the {@code label!} filters matches. */
    static boolean lacksLabels(Filters filters, Map<String, String> labels) {
        return filters.get("label!").stream()
                .noneMatch(value -> new Filters(Map.of("label", List.of(value))).matchesLabels("label", labels));
    }

    /**
     * Nanoseconds since 1970 of a time as Docker takes it: a duration before now such as {@code 1h30m}, seconds since
     * 1970 with a fraction, or RFC 3339 with parts left out from the end.
     */
    static long time(String text, long now) {
        if (text.matches("-?\\d+(\\.\\d+)?")) {
            return new BigDecimal(text).movePointRight(9).longValue();
        }
        long duration = duration(text);
        return duration >= 0 ? now - duration : date(text);
    }

    /**
     * A duration such as {@code 1h30m} in nanoseconds.
     *
     * @throws NaruException INVALID when it is none
     */
    static long nanoseconds(String text) {
        long duration = text.equals("0") ? 0 : duration(text);
        if (duration < 0) {
            throw NaruException.invalid("time: invalid duration \"" + text + "\"");
        }
        return duration;
    }

    private static long duration(String text) {
        Matcher parts = DURATION.matcher(text);
        long sum = 0;
        int end = 0;
        while (end < text.length() && parts.find(end) && parts.start() == end) {
            long unit = UNITS.getOrDefault(parts.group(2), 0L);
            sum += new BigDecimal(parts.group(1))
                    .multiply(BigDecimal.valueOf(unit))
                    .longValue();
            end = parts.end();
        }
        return end == text.length() && end > 0 ? sum : -1;
    }

    private static long date(String text) {
        String full = text;
        if (full.matches("\\d{4}-\\d{2}-\\d{2}")) {
            full += "T00:00:00";
        } else if (full.matches("\\d{4}-\\d{2}-\\d{2}T\\d{2}")) {
            full += ":00:00";
        }
        try {
            boolean zoned = full.endsWith("Z") || full.matches(".*T.*[+-]\\d{2}:\\d{2}");
            return Timestamps.of((zoned
                            ? OffsetDateTime.parse(full)
                            : LocalDateTime.parse(full).atOffset(ZoneOffset.UTC))
                    .toInstant());
        } catch (DateTimeException | ArithmeticException e) {
            throw NaruException.invalid("failed to parse value as time or duration: \"" + text + "\"");
        }
    }
}
