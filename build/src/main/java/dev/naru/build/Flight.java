package dev.naru.build;

import java.util.concurrent.CountDownLatch;

/** Work that one build does and others wait for. */
final class Flight {
    private final CountDownLatch landed = new CountDownLatch(1);

    void land() {
        landed.countDown();
    }

    /** Waits for its end, however it ends: whoever waited looks again. */
    void await() throws InterruptedException {
        landed.await();
    }
}
