package dev.naru.registryserver;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of some bytes.
 *
 * @param end the first byte that does not belong to it
 */
record ByteRange(long first, long end, boolean whole) {
    private static final Pattern ONE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

    long length() {
        return end - first;
    }

    /**
     * The range that a {@code Range} header asks for (RFC 9110, 14.2); all for none, for several and for malformed ones.
     *
     * @return null when no byte of it is there
     */
    static @Nullable ByteRange of(String header, long size) {
        Matcher range = ONE.matcher(header);
        if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
            return new ByteRange(0, size, true);
        }
        if (range.group(1).isEmpty()) {
            long last = Long.parseLong(range.group(2));
            return last == 0 ? null : new ByteRange(Math.max(0, size - last), size, false);
        }
        long first = Long.parseLong(range.group(1));
        long end = range.group(2).isEmpty() ? size : Math.min(size, Long.parseLong(range.group(2)) + 1);
        return first >= end ? null : new ByteRange(first, end, false);
    }
}
