package dev.naru.registry;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** How many uploads run at once. */
final class Uploads {
    private final Semaphore slots;
    private final int attempts;

    Uploads(int concurrent, int attempts) {
        this.slots = new Semaphore(Math.max(1, concurrent), true);
        this.attempts = attempts;
    }

    int attempts() {
        return attempts;
    }

    <T> T run(Transfer.Counter counter, Supplier<T> upload) {
        try {
            slots.acquire();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new NaruException(ErrorKind.UNAVAILABLE, "cannot push", "context canceled", null, stopped);
        }
        try {
            counter.begun();
            return upload.get();
        } finally {
            slots.release();
        }
    }
}
