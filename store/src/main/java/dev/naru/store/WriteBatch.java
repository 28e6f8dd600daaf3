package dev.naru.store;

import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Writers that share one commit. */
final class WriteBatch {
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable SQLException failure;
    private int size;
    private boolean durable;

    void add() {
        size++;
    }

    /** One of the writers needs it on the disk. */
    void makeDurable() {
        durable = true;
    }

    boolean isDurable() {
        return durable;
    }

    int size() {
        return size;
    }

    void fail(SQLException cause) {
        failure = cause;
        done.countDown();
    }

    boolean failed() {
        return failure != null;
    }

    void succeed() {
        done.countDown();
    }

    /** Waits for the commit; an interrupt does not change that the work is done, so it is kept for later. */
    void await() {
        boolean interrupted = false;
        while (true) {
            try {
                done.await();
                break;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        SQLException cause = failure;
        if (cause != null) {
            throw StoreFailure.of("cannot write the metadata", cause);
        }
    }
}
