package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads for work that is system calls and computing all the time: it would hold the virtual threads' carriers. */
final class Workshop implements AutoCloseable {
    private final ThreadPoolExecutor threads;

    Workshop(int size) {
        threads = new ThreadPoolExecutor(
                size, size, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> Thread.ofPlatform()
                        .name("naru-build")
                        .daemon()
                        .unstarted(task));
        threads.allowCoreThreadTimeOut(true);
    }

    /** Does the work on such a thread and waits; an interrupt is passed on to it. */
    <T> T run(Callable<T> work) throws InterruptedException {
        return result(threads.submit(work));
    }

    /** A future's result, its failure as it was. */
    static <T> T result(Future<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (InterruptedException interrupt) {
            future.cancel(true);
            throw interrupt;
        } catch (ExecutionException failure) {
            throw rethrown(failure.getCause());
        }
    }

    static NaruException rethrown(@org.jspecify.annotations.Nullable Throwable cause) throws InterruptedException {
        if (cause instanceof InterruptedException interrupt) {
            throw interrupt;
        }
        if (cause instanceof RuntimeException known) {
            throw known;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new NaruException(ErrorKind.INTERNAL, "a build step failed", String.valueOf(cause), null, cause);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
