package dev.naru.grpc;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads what comes in many small pieces a few at a time. A client tells of each of its files in a write of its own: whoever
 * wakes for each of 2,000 of them takes the processor that the client needs to tell of the next.
 */
final class BurstInput extends FilterInputStream {
    private static final int BURST = 12;
    private static final int SMALL = 8 << 10;
    private static final long SHORT_NANOS = 300_000;

    private int small;

    BurstInput(InputStream in) {
        super(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (small >= BURST) {
            LockSupport.parkNanos(SHORT_NANOS);
        }
        long before = System.nanoTime();
        int count = super.read(bytes, offset, length);
        boolean goesOn = count < SMALL && System.nanoTime() - before < SHORT_NANOS;
        small = goesOn ? small + 1 : 0;
        return count;
    }
}
