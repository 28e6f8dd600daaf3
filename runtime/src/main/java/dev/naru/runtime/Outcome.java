package dev.naru.runtime;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The end of a process, waited for by any number of threads; the first one told stays. */
final class Outcome {
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable ExitRecord exit;

    synchronized void complete(ExitRecord record) {
        if (exit == null) {
            exit = record;
            ended.countDown();
        }
    }

    Optional<ExitRecord> now() {
        return Optional.ofNullable(exit);
    }

    ExitRecord await() throws InterruptedException {
        ended.await();
        return now().orElseThrow();
    }
}
