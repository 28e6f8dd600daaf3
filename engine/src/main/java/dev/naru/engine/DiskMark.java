package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How full a file system may become. */
public sealed interface DiskMark {
    /** Whether a file system is fuller than that. */
    boolean isExceeded(long total, long usable);

    /** The mark a good piece below this one. */
    DiskMark below();

    /** So much of it is used, 1 to 99. */
    record Used(int percent) implements DiskMark {
        private static final int STEP = 10;

        public Used {
            if (percent < 1 || percent > 99) {
                throw new NaruException(
                        ErrorKind.INVALID,
                        "invalid watermark " + percent + "%",
                        "",
                        "write a percentage from 1% to 99%");
            }
        }

        @Override
        public boolean isExceeded(long total, long usable) {
            return (total - usable) * 100.0 > (double) percent * total;
        }

        @Override
        public DiskMark below() {
            return new Used(Math.max(1, percent - STEP));
        }

        @Override
        public String toString() {
            return percent + "% used";
        }
    }

    /** So many bytes of it are free. */
    record Free(long bytes) implements DiskMark {
        @Override
        public boolean isExceeded(long total, long usable) {
            return usable < bytes;
        }

        @Override
        public DiskMark below() {
            return new Free(bytes + bytes / 2);
        }

        @Override
        public String toString() {
            return bytes + " bytes free";
        }
    }

    /**
     * Reads {@code 85%} of the file system used, or {@code 10g} of it free.
     *
     * @throws NaruException INVALID for anything else
     */
    static DiskMark parse(String text) {
        Matcher matcher = Pattern.compile("([0-9]{1,12})(%|[kmgt]?(?:i?b)?)").matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "invalid watermark \"" + text + "\"",
                    "",
                    "write how much is used, such as 85%, or how much is free, such as 10g");
        }
        long number = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2);
        if (unit.equals("%")) {
            return new Used((int) Math.min(number, 100));
        }
        int shift = unit.isEmpty() ? 0 : 10 * "bkmgt".indexOf(unit.charAt(0));
        return new Free(number << shift);
    }
}
