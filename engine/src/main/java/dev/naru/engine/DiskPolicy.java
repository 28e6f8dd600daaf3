package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.time.Duration;
import java.util.List;

/**
 * When what nobody uses is removed by itself.
 *
 * @param high from where on something is removed
 * @param low how far
 * @param keep images that stay: patterns of names, or {@code label=key[=value]}
 * @param unusedFor what was used within this time stays
 * @param interval between two looks at the file system
 */
public record DiskPolicy(DiskMark high, DiskMark low, List<String> keep, Duration unusedFor, Duration interval) {
    public DiskPolicy {
        requireNonNull(high, "high");
        requireNonNull(low, "low");
        requireNonNull(unusedFor, "unusedFor");
        requireNonNull(interval, "interval");
        keep = List.copyOf(keep);
        if (interval.isNegative() || interval.isZero()) {
            throw new NaruException(ErrorKind.INVALID, "invalid disk-check-interval", "", "give a number from 1");
        }
        if (isAbove(low, high)) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "invalid disk-low-watermark: " + low + " is fuller than the high one, " + high,
                    "",
                    "choose one that leaves more room");
        }
    }

    private static boolean isAbove(DiskMark low, DiskMark high) {
        return switch (low) {
            case DiskMark.Used used -> high instanceof DiskMark.Used other && used.percent() > other.percent();
            case DiskMark.Free free -> high instanceof DiskMark.Free other && free.bytes() < other.bytes();
        };
    }
}
