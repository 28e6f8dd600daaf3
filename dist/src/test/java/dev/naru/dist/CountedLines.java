package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What {@code seq -w 1 LAST} says, which must come whole and in order. */
final class CountedLines {
    private static final int AT_ONCE = 10_000;

    private final InputStream in;
    private final int last;
    private final String form;
    private int next = 1;

    CountedLines(InputStream in, int last) {
        this.in = in;
        this.last = last;
        this.form = "%0" + Integer.toString(last).length() + "d\n";
    }

    void read(int lines) throws IOException {
        int end = Math.min(last, next - 1 + lines);
        while (next <= end) {
            byte[] expected = expected(Math.min(AT_ONCE, end + 1 - next));
            byte[] came = in.readNBytes(expected.length);
            assertThat(java.util.Arrays.mismatch(expected, came))
                    .as("after line %d", next)
                    .isEqualTo(-1);
            next += Math.min(AT_ONCE, end + 1 - next);
        }
    }

    void readToEnd() throws IOException {
        read(last);
        assertThat(in.read()).as("more than %d lines", last).isEqualTo(-1);
    }

    private byte[] expected(int lines) {
        byte[] line = form.formatted(next).getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[lines * line.length];
        for (int i = 0; i < lines; i++) {
            System.arraycopy(line, 0, all, i * line.length, line.length);
            increment(line);
        }
        return all;
    }

    private static void increment(byte[] line) {
        int digit = line.length - 2;
        while (digit >= 0 && line[digit] == '9') {
            line[digit--] = '0';
        }
        if (digit >= 0) {
            line[digit]++;
        }
    }
}
