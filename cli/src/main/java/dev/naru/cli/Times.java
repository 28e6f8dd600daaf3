package dev.naru.cli;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Points in time as options give them: seconds after 1970, RFC 3339, a date, or a duration back from now. */
final class Times {
    private Times() {}

    /** Seconds after 1970 with nine decimals; null for null. */
    static @Nullable String seconds(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        if (text.matches("-?[0-9]+(\\.[0-9]+)?")) {
            return text;
        }
        Instant instant = parse(text);
        return instant.getEpochSecond() + "." + nine(instant.getNano());
    }

    /** A time as Go prints it: {@code 2006-01-02 15:04:05.999999999 -0700 MST}; what is no time stays as it is. */
    static String go(String time) {
        try {
            return go(java.time.OffsetDateTime.parse(time).toInstant());
        } catch (DateTimeParseException e) {
            return time;
        }
    }

    static String go(Instant time) {
        var zoned = time.atZone(ZoneId.systemDefault());
        String fraction =
                zoned.getNano() == 0 ? "" : "." + nine(zoned.getNano()).replaceAll("0+$", "");
        return java.time.format.DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", java.util.Locale.ROOT)
                        .format(zoned)
                + fraction
                + java.time.format.DateTimeFormatter.ofPattern(" xx ", java.util.Locale.ROOT)
                        .format(zoned)
                + (zoned.getOffset().getTotalSeconds() == 0
                        ? "UTC"
                        : java.time.format.DateTimeFormatter.ofPattern("zzz", java.util.Locale.ROOT)
                                .format(zoned));
    }

    private static String nine(int nanoseconds) {
        String digits = String.valueOf(nanoseconds);
        return "0".repeat(9 - digits.length()) + digits;
    }

    private static Instant parse(String text) {
        try {
            return Instant.now().minusNanos(Units.parseDuration(text));
        } catch (CliException notDuration) {
            return date(text);
        }
    }

    private static Instant date(String text) {
        try {
            if (text.indexOf('T') < 0) {
                return LocalDate.parse(text)
                        .atStartOfDay(ZoneId.systemDefault())
                        .toInstant();
            }
            boolean zoned = text.endsWith("Z") || text.lastIndexOf('+') > 10 || text.lastIndexOf('-') > 10;
            return zoned
                    ? java.time.OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
        } catch (DateTimeParseException e) {
            throw new CliException("failed to parse value as time or duration: \"" + text + "\"");
        }
    }
}
