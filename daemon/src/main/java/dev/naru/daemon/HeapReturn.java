package dev.naru.daemon;

import java.time.Duration;

/**
 * Gives memory back after a burst. The serial collector lets its old generation grow with whatever outlives a collection of
 * the young one, up to the machine's share for the process, before it looks at it: a quarter of the machine's memory.
 */
final class HeapReturn implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(2);
    /** Growth that is worth a collection, which stops everything for some 10 ms. */
    private static final long GROWTH = 8 << 20;

    /** A heap larger than this is looked at now and then even if it does not grow: what filled it may be gone. */
    private static final long LARGE = 40 << 20;

    private static final int ROUNDS_WHILE_LARGE = 30;

    private final Thread thread = Thread.ofVirtual().name("heap").unstarted(this::run);

    void start() {
        thread.start();
    }

    private void run() {
        long after = Runtime.getRuntime().totalMemory();
        int rounds = 0;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException closed) {
                return;
            }
            rounds++;
            long now = Runtime.getRuntime().totalMemory();
            if (now > after + Math.max(GROWTH, after / 2) || (now > LARGE && rounds >= ROUNDS_WHILE_LARGE)) {
                System.gc();
                after = Runtime.getRuntime().totalMemory();
                rounds = 0;
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
