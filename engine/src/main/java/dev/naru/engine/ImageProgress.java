package dev.naru.engine;

import dev.naru.image.Images;
import dev.naru.wire.CreateImageInfo;
import dev.naru.wire.CreateImageInfoBuilder;
import dev.naru.wire.ProgressDetail;
import java.util.Locale;

/** Progress as Docker's clients read it. */
final class ImageProgress {
    private static final int WIDTH = 50;

    private ImageProgress() {}

    static CreateImageInfo line(Images.Progress progress) {
        CreateImageInfoBuilder line =
                CreateImageInfoBuilder.builder().status(progress.status()).id(progress.id());
        if (progress.current() > 0 || progress.total() > 0) {
            line.progressDetail(new ProgressDetail(progress.current(), progress.total()));
            line.progress(bar(progress.current(), progress.total()));
        }
        return line.build();
    }

    static CreateImageInfo text(String text) {
        return CreateImageInfoBuilder.builder().stream(text).build();
    }

    private static String bar(long current, long total) {
        if (total <= 0) {
            return size(current);
        }
        int done = (int) Math.min(WIDTH, current * WIDTH / total);
        String arrow = done < WIDTH ? ">" : "";
        return "[" + "=".repeat(done) + arrow + " ".repeat(WIDTH - done - arrow.length()) + "]  " + size(current) + "/"
                + size(total);
    }

    private static String size(long bytes) {
        double value = bytes;
        for (String unit : new String[] {"B", "kB", "MB"}) {
            if (value < 1000) {
                return number(value) + unit;
            }
            value /= 1000;
        }
        return number(value) + "GB";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value).replaceAll("\\.?0+$", "");
    }
}
