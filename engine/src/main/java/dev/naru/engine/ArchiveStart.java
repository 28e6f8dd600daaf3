package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Compression;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Tells archives from build files, which an address may answer as well. */
final class ArchiveStart {
    /** A header of tar, which is also enough of any compressed stream. */
    static final int SIZE = 512;

    /** Of its eight digits, which count as spaces in the sum. */
    private static final int SUM = 148;

    private static final int SUM_END = 156;

    private ArchiveStart() {}

    /** Whether what comes next is a tar archive or compressed; nothing is taken of it. */
    static boolean isNext(BufferedInputStream stream) {
        stream.mark(SIZE);
        try {
            byte[] start = stream.readNBytes(SIZE);
            stream.reset();
            return Compression.of(ByteBuffer.wrap(start)) != Compression.NONE || isHeader(start);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot read the build context", failure);
        }
    }

    private static boolean isHeader(byte[] start) {
        if (start.length < SIZE) {
            return false;
        }
        long sum = 0;
        long given = 0;
        for (int i = 0; i < SIZE; i++) {
            boolean digit = i >= SUM && i < SUM_END;
            sum += digit ? ' ' : start[i] & 0xff;
            if (digit && start[i] >= '0' && start[i] <= '7') {
                given = given * 8 + start[i] - '0';
            }
        }
        return sum == given;
    }
}
