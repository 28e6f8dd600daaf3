package dev.naru.engine;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Times as the API writes them: RFC 3339 in UTC with as many of nine decimals as are needed. */
final class Timestamps {
    /** What stands for a time that never was. */
    static final String NEVER = "0001-01-01T00:00:00Z";

    private static final long SECOND = 1_000_000_000L;

    private Timestamps() {}

    /** Now, in nanoseconds since 1970. */
    static long now() {
        return of(Instant.now());
    }

    static long of(Instant time) {
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), SECOND), time.getNano());
    }

    static Instant instant(long nanoseconds) {
        return Instant.ofEpochSecond(Math.floorDiv(nanoseconds, SECOND), Math.floorMod(nanoseconds, SECOND));
    }

    /** Nanoseconds since 1970 as text; {@link #NEVER} for 0. */
    static String text(long nanoseconds) {
        if (nanoseconds == 0) {
            return NEVER;
        }
        int fraction = (int) Math.floorMod(nanoseconds, SECOND);
        LocalDateTime time = LocalDateTime.ofEpochSecond(Math.floorDiv(nanoseconds, SECOND), 0, ZoneOffset.UTC);
        var out = new StringBuilder(30);
        digits(out, time.getYear(), 4).append('-');
        digits(out, time.getMonthValue(), 2).append('-');
        digits(out, time.getDayOfMonth(), 2).append('T');
        digits(out, time.getHour(), 2).append(':');
        digits(out, time.getMinute(), 2).append(':');
        digits(out, time.getSecond(), 2);
        if (fraction != 0) {
            digits(out.append('.'), fraction, 9);
            while (out.charAt(out.length() - 1) == '0') {
                out.setLength(out.length() - 1);
            }
        }
        return out.append('Z').toString();
    }

    /** Text of RFC 3339 as nanoseconds since 1970; 0 for {@link #NEVER}. */
    static long parse(String text) {
        return text.equals(NEVER) ? 0 : of(java.time.OffsetDateTime.parse(text).toInstant());
    }

    private static StringBuilder digits(StringBuilder out, int value, int width) {
        String text = Integer.toString(value);
        return out.repeat('0', Math.max(0, width - text.length())).append(text);
    }
}
