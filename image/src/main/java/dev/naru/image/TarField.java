package dev.naru.image;

import dev.naru.error.NaruException;
import java.nio.charset.StandardCharsets;

/** The fields of a tar header block (POSIX.1-2017, pax, ustar Interchange Format; GNU's base-256 numbers). */
final class TarField {
    static final int BLOCK = 512;

    private TarField() {}

    static String text(byte[] block, int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return new String(block, offset, end - offset, StandardCharsets.ISO_8859_1);
    }

    static long number(byte[] block, int offset, int length) {
        if ((block[offset] & 0x80) != 0) {
            return binary(block, offset, length);
        }
        long value = 0;
        int i = offset;
        int end = offset + length;
        while (i < end && (block[i] == ' ' || block[i] == 0)) {
            i++;
        }
        for (; i < end && block[i] != ' ' && block[i] != 0; i++) {
            if (block[i] < '0' || block[i] > '7') {
                throw malformed("a header has a number that is none");
            }
            value = value * 8 + (block[i] - '0');
        }
        return value;
    }

    private static long binary(byte[] block, int offset, int length) {
        boolean negative = (block[offset] & 0x40) != 0;
        long value = negative ? -1 : 0;
        for (int i = offset; i < offset + length; i++) {
            int octet = block[i] & 0xff;
            if (i == offset) {
                octet = negative ? octet : octet & 0x7f;
            }
            boolean overflows = negative ? value < Long.MIN_VALUE >> 8 : value > Long.MAX_VALUE >> 8;
            if (overflows) {
                throw malformed("a header has a number out of range");
            }
            value = value << 8 | octet;
        }
        return value;
    }

    static boolean isZero(byte[] block) {
        for (byte each : block) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }

    /** Old programs summed signed bytes, so both sums pass. */
    static boolean checksumHolds(byte[] block) {
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < BLOCK; i++) {
            byte each = i >= 148 && i < 156 ? (byte) ' ' : block[i];
            unsigned += each & 0xff;
            signed += each;
        }
        long expected = number(block, 148, 8);
        return expected == unsigned || expected == signed;
    }

    static NaruException malformed(String reason) {
        return NaruException.invalid("invalid tar archive: " + reason);
    }
}
