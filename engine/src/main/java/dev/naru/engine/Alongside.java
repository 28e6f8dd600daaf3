package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** Work that goes on beside the caller's, which waits for it before anything depends on it. */
final class Alongside {
    private final Thread thread;
    private volatile @Nullable RuntimeException failure;

    private Alongside(Runnable work) {
        requireNonNull(work, "work");
        thread = Thread.ofVirtual().name("naru-alongside").start(() -> run(work));
    }

    static Alongside begin(Runnable work) {
        return new Alongside(work);
    }

    private void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException thrown) {
            failure = thrown;
        }
    }

    /** Waits for its end, whatever came of it; an interrupt is kept for later. */
    void settle() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for its end and throws what it threw. */
    void join() {
        settle();
        RuntimeException thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
    }
}
