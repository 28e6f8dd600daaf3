package dev.naru.registry;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.ThreadLocalRandom;

/** When to try again: later each time, or when the server says so (Retry-After, RFC 9110 section 10.2.3). */
final class Backoff {
    private static final long FIRST_MILLIS = 250;
    private static final long LONGEST_MILLIS = 15_000;
    private static final Duration LONGEST_TOLD = Duration.ofMinutes(2);

    private final int attempts;
    private int made;
    private Duration told = Duration.ZERO;

    Backoff(int attempts) {
        this.attempts = attempts;
    }

    /** Notes what a server said: seconds, or a date. */
    void told(String retryAfter) {
        if (retryAfter.matches("[0-9]{1,6}")) {
            told = Duration.ofSeconds(Long.parseLong(retryAfter));
        } else if (!retryAfter.isEmpty()) {
            try {
                Instant when = ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
                told = Duration.between(Instant.now(), when);
            } catch (DateTimeParseException nonsense) {
                told = Duration.ZERO;
            }
        }
    }

    /** It got on: the next failure is a first one. */
    void reset() {
        made = 0;
    }

    /** Waits for the next attempt; false when there have been enough. */
    boolean again() throws InterruptedIOException {
        made++;
        if (made >= attempts) {
            return false;
        }
        try {
            Thread.sleep(pause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        told = Duration.ZERO;
        return true;
    }

    private Duration pause() {
        if (told.isPositive()) {
            return told.compareTo(LONGEST_TOLD) > 0 ? LONGEST_TOLD : told;
        }
        long millis = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(made - 1, 10));
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    }
}
