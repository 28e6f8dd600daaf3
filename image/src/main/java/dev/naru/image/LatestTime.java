package dev.naru.image;

/**
 * The time that no file of a layer has passed, and that those have which a step made.
 *
 * @param seconds since 1970
 * @param exact whether fractions of that second have passed it. They have not where it is the time of the newest file that a
 *     client sent: that file must stay what it is when another one becomes the newest
 */
public record LatestTime(long seconds, boolean exact) {
    /** Leaves all times. */
    public static final LatestTime NONE = new LatestTime(Long.MAX_VALUE, true);

    /** Whether a file's time is later. */
    public boolean isPassed(long modified, int nanos) {
        return modified > seconds || (exact && modified == seconds && nanos > 0);
    }
}
