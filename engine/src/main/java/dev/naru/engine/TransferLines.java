package dev.naru.engine;

import dev.naru.image.Images.Progress;
import dev.naru.wire.CreateImageInfo;
import dev.naru.wire.CreateImageInfoBuilder;
import dev.naru.wire.ProgressDetail;
import dev.naru.wire.PushLine;
import dev.naru.wire.PushResult;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The lines of pulls and pushes as dockerd writes them. */
final class TransferLines {
    private static final int WIDTH = 50;

    private TransferLines() {}

    /** A step of a pull. The line about the whole has no detail; those about layers have one, empty without numbers. */
    static CreateImageInfo pull(Progress step) {
        var line = CreateImageInfoBuilder.builder().status(step.status());
        if (!step.id().isEmpty()) {
            line.id(step.id());
        }
        if (!step.id().isEmpty() && !step.status().startsWith("Pulling from")) {
            line.progressDetail(detail(step)).progress(bar(step));
        }
        return line.build();
    }

    static PushLine push(Progress step) {
        if (step.id().isEmpty()) {
            return new PushLine(step.status(), null, null, null, null, null, null);
        }
        return new PushLine(step.status(), detail(step), bar(step), step.id(), null, null, null);
    }

    static PushLine pushed(String tag, String digest, long size) {
        return new PushLine(
                null, new ProgressDetail(null, null), null, null, null, null, new PushResult(tag, digest, size));
    }

    private static ProgressDetail detail(Progress step) {
        boolean counted = step.current() > 0 || step.total() > 0;
        return counted
                ? new ProgressDetail(step.current(), step.total() > 0 ? step.total() : null)
                : new ProgressDetail(null, null);
    }

    private static @Nullable String bar(Progress step) {
        long current = step.current();
        long total = step.total();
        if (current <= 0 && total <= 0) {
            return null;
        }
        if (total <= 0) {
            return String.format(Locale.ROOT, "%8s", size(current));
        }
        int done = (int) Math.min(WIDTH, (double) current / total * WIDTH);
        return "[" + "=".repeat(done) + ">" + " ".repeat(WIDTH - done) + "] "
                + String.format(Locale.ROOT, "%8s/%s", size(Math.min(current, total)), size(total));
    }

    /** Four significant digits in decimal units, as docker's go-units writes them. */
    static String size(long bytes) {
        double value = bytes;
        String[] units = {"B", "kB", "MB", "GB", "TB"};
        int unit = 0;
        while (value >= 1000 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        String text = new java.math.BigDecimal(value)
                .round(new java.math.MathContext(4))
                .stripTrailingZeros()
                .toPlainString();
        return text + units[unit];
    }
}
