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
