package dev.naru.image;

import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.time.Instant;

/**
 * Gives all files that were made since a moment of this machine's clock one time, and those that are later the same, so
 * that the same work leaves the same files whenever it is done, and whatever the clock says.
 */
final class UpperTimes {
    private final FileCalls calls;
    /** The kernel gives files the time of its last tick, which may be so much behind its clock. */
    private static final long TICK_NANOS = 20_000_000;

    private final LatestTime newest;
    private final Instant begun;
    private final Instant now;

    /**
     * @param begun when the work began, by this machine's clock
     */
    UpperTimes(FileCalls calls, LatestTime newest, Instant begun, Instant now) {
        this.calls = calls;
        this.newest = newest;
        this.begun = begun.minusNanos(TICK_NANOS);
        this.now = now;
    }

    /** Visits a directory opened for reading, and all below it. */
    void clamp(int directory) {
        for (String name : calls.list(directory)) {
            FileStatus status = calls.status(directory, name).orElse(null);
            if (status == null || status.isWhiteout()) {
                continue;
            }
            if (status.isDirectory()) {
                try (Descriptor below = calls.open(directory, name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                    clamp(below.number());
                }
            }
            if (isNew(status)) {
                calls.setTime(directory, name, newest.seconds(), 0);
            }
        }
        calls.status(directory, "")
                .filter(this::isNew)
                .ifPresent(root -> calls.setTime(directory, "", newest.seconds(), 0));
    }

    private boolean isNew(FileStatus status) {
        return !newest.equals(LatestTime.NONE)
                && (newest.isPassed(status.modified(), status.nanos()) || isOfNow(status));
    }

    /** With a clock that is behind, what was made just now is not later. */
    private boolean isOfNow(FileStatus status) {
        Instant made = Instant.ofEpochSecond(status.modified(), status.nanos());
        return !made.isBefore(begun) && !made.isAfter(now);
    }
}
