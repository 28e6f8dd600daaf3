package dev.naru.engine;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/** The times of log entries: RFC 3339 in bytes, to and from nanoseconds since 1970, without an object for each. */
final class LogTime {
    /** Length of {@code 2006-01-02T15:04:05.000000000Z}. */
    static final int LENGTH = 30;

    /** Length of {@code 2006-01-02T15:04:05Z}. */
    static final int SHORTEST = 20;

    private static final long NANOSECONDS = 1_000_000_000L;
    private static final int SECONDS_END = 19;
    private int cachedDate = -1;
    private long cachedDay;

    /** Nanoseconds since 1970; {@link Long#MIN_VALUE} for what is no time. */
    long parse(byte[] buffer, int from, int end) {
        if (end - from <= SECONDS_END || buffer[end - 1] != 'Z') {
            return parseSlowly(buffer, from, end);
        }
        int date = number(buffer, from, 4) * 10_000 + number(buffer, from + 5, 2) * 100 + number(buffer, from + 8, 2);
        if (date != cachedDate) {
            long slow = parseSlowly(buffer, from, end);
            if (slow == Long.MIN_VALUE) {
                return slow;
            }
            cachedDay = Math.floorDiv(slow, 86_400 * NANOSECONDS);
            cachedDate = date;
        }
        long seconds = cachedDay * 86_400
                + number(buffer, from + 11, 2) * 3_600L
                + number(buffer, from + 14, 2) * 60L
                + number(buffer, from + 17, 2);
        return seconds * NANOSECONDS + fraction(buffer, from + SECONDS_END, end - 1);
    }

    private static long parseSlowly(byte[] buffer, int from, int end) {
        try {
            Instant time = OffsetDateTime.parse(new String(buffer, from, end - from, StandardCharsets.ISO_8859_1))
                    .toInstant();
            return Math.addExact(Math.multiplyExact(time.getEpochSecond(), NANOSECONDS), time.getNano());
        } catch (DateTimeParseException | ArithmeticException e) {
            return Long.MIN_VALUE;
        }
    }

    private static int number(byte[] buffer, int from, int digits) {
        int value = 0;
        for (int i = from; i < from + digits; i++) {
            value = value * 10 + (buffer[i] - '0');
        }
        return value;
    }

    private static long fraction(byte[] buffer, int from, int end) {
        if (from >= end || buffer[from] != '.') {
            return 0;
        }
        long value = 0;
        for (int i = 1; i <= 9; i++) {
            value = value * 10 + (from + i < end ? buffer[from + i] - '0' : 0);
        }
        return value;
    }

    /** Writes a UTC time with nine digits of fraction, as Docker shows times of logs; answers where it ends. */
    static int pad(byte[] buffer, int from, int end, byte[] target, int at) {
        int length = end - from;
        if (length <= SECONDS_END || buffer[end - 1] != 'Z') {
            System.arraycopy(buffer, from, target, at, Math.min(length, LENGTH));
            return at + Math.min(length, LENGTH);
        }
        System.arraycopy(buffer, from, target, at, SECONDS_END);
        int out = at + SECONDS_END;
        target[out++] = '.';
        for (int i = from + SECONDS_END + 1; out < at + LENGTH - 1; i++) {
            target[out++] = i < end - 1 ? buffer[i] : (byte) '0';
        }
        target[out++] = 'Z';
        return out;
    }

    /** Writes a time like {@link #pad}; answers where it ends. */
    static int format(long nanoseconds, byte[] target, int at) {
        long seconds = Math.floorDiv(nanoseconds, NANOSECONDS);
        LocalDateTime time =
                LocalDateTime.ofEpochSecond(seconds, (int) Math.floorMod(nanoseconds, NANOSECONDS), ZoneOffset.UTC);
        LocalDate date = time.toLocalDate();
        int out = digits(date.getYear(), 4, target, at, '-');
        out = digits(date.getMonthValue(), 2, target, out, '-');
        out = digits(date.getDayOfMonth(), 2, target, out, 'T');
        out = digits(time.getHour(), 2, target, out, ':');
        out = digits(time.getMinute(), 2, target, out, ':');
        out = digits(time.getSecond(), 2, target, out, '.');
        return digits(time.getNano(), 9, target, out, 'Z');
    }

    private static int digits(int value, int count, byte[] target, int at, char after) {
        int rest = value;
        for (int i = at + count - 1; i >= at; i--) {
            target[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        target[at + count] = (byte) after;
        return at + count + 1;
    }
}
