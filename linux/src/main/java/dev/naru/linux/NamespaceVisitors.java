package dev.naru.linux;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Threads that enter network namespaces and come home again. To start one takes longer than most visits do, so it stays
 * for a while.
 */
final class NamespaceVisitors {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int IDLE_SECONDS = 10;

    private final SynchronousQueue<Visit<?>> waiting = new SynchronousQueue<>();

    /** The calling thread's namespace. */
    static Descriptor here() {
        return Descriptor.open("/proc/thread-self/ns/net", Descriptor.O_RDONLY, 0);
    }

    /** Enters another namespace; for visitors alone. */
    static void enter(Descriptor namespace) {
        Syscall.SETNS.call("network namespace", namespace.number(), CLONE_NEWNET);
    }

    /**
     * Begins a visit.
     *
     * @param action may change its thread's network namespace; it must start no threads, virtual ones included: a thread
     *     inherits the namespace, and so would a carrier made for it, for all its life
     */
    <T> FutureTask<T> begin(Callable<T> action) {
        var visit = new Visit<>(action);
        if (!waiting.offer(visit)) {
            start(visit);
        }
        return visit.task;
    }

    /** Like {@link #begin}; when a thread must be started, that is not waited for either. */
    <T> FutureTask<T> beginSoon(Callable<T> action) {
        var visit = new Visit<>(action);
        if (!waiting.offer(visit)) {
            Thread.startVirtualThread(() -> {
                try {
                    start(visit);
                } catch (OutOfMemoryError noThread) {
                    // Who waits for the visit gets a CancellationException.
                    visit.task.cancel(false);
                }
            });
        }
        return visit.task;
    }

    private void start(Visit<?> first) {
        Thread.ofPlatform().daemon().name("naru-namespace").start(() -> run(first));
    }

    private void run(Visit<?> first) {
        @Nullable Visit<?> visit = first;
        while (visit != null && visit.run()) {
            visit = next();
        }
    }

    private @Nullable Visit<?> next() {
        try {
            return waiting.poll(IDLE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** One errand of a visitor. */
    private static final class Visit<T> {
        private final FutureTask<T> task;
        private boolean back;

        /**
         * The visitor is home before the result is told: waking a virtual thread may make a new carrier, and that
         * inherits the namespace of the thread that wakes.
         */
        Visit(Callable<T> action) {
            this.task = new FutureTask<>(() -> {
                try (Descriptor home = here()) {
                    try {
                        return action.call();
                    } finally {
                        enter(home);
                        back = true;
                    }
                }
            });
        }

        /** Whether the visitor is home again, and not lost. */
        boolean run() {
            task.run();
            return back;
        }
    }
}
