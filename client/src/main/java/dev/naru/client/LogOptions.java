package dev.naru.client;

import org.jspecify.annotations.Nullable;

/**
 * Which part of a log.
 *
 * @param since Unix seconds with fraction, or null
 * @param until the same
 * @param tail lines from the end, null for all
 */
public record LogOptions(
        boolean follow,
        boolean stdout,
        boolean stderr,
        boolean timestamps,
        boolean details,
        @Nullable String since,
        @Nullable String until,
        @Nullable String tail) {
    /** Everything of both streams so far. */
    public static final LogOptions ALL = new LogOptions(false, true, true, false, false, null, null, null);
}
