package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.registry.Transfer;
import dev.naru.store.Leases.Lease;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Layers being extracted in the background by one operation; those that it does not take are discarded. */
final class Extractions implements AutoCloseable {
    private static final int THREADS = 2;

    private final LayerStore layers;
    private final Lease lease;
    private final Predicate<String> known;
    private final ExecutorService threads;
    private final Map<String, Long> read = new ConcurrentHashMap<>();
    private final Map<String, Future<ExtractedLayer>> running = new HashMap<>();

    /**
     * Prepares extractions.
     *
     * @param known whether a blob is one of a layer that is there already
     */
    Extractions(LayerStore layers, Lease lease, Predicate<String> known) {
        this.layers = layers;
        this.lease = lease;
        this.known = known;
        // Extracting is system calls and computing all the time: it would hold the virtual threads' carriers.
        this.threads = Executors.newFixedThreadPool(
                THREADS,
                task -> Thread.ofPlatform().name("naru-extract").daemon().unstarted(task));
    }

    /** Begins with a blob, unless its layer is known or begun. */
    void begin(String blob) {
        if (!known.test(blob) && !running.containsKey(blob)) {
            running.put(blob, threads.submit(() -> layers.extract(blob, lease)));
        }
    }

    /** Begins with a blob that is on its way, unless its layer is begun; its content is read as it comes. */
    void begin(String blob, Transfer transfer) {
        if (!running.containsKey(blob)) {
            running.put(blob, threads.submit(() -> arriving(blob, transfer)));
        }
    }

    private ExtractedLayer arriving(String blob, Transfer transfer) throws InterruptedException {
        ExtractedLayer extracted;
        try {
            extracted = layers.extract(blob, () -> counted(blob, transfer), lease);
        } catch (RuntimeException failure) {
            // Content that is not what it should be is the better reason, and known only when all of it is there.
            await(transfer);
            throw failure;
        }
        try {
            await(transfer);
            return extracted;
        } catch (RuntimeException | InterruptedException failure) {
            layers.discard(extracted.directory());
            throw failure;
        }
    }

    private static void await(Transfer transfer) throws InterruptedException {
        while (!transfer.await(Duration.ofSeconds(5))) {
            // It has a failure of its own when nothing comes any more.
        }
    }

    private ReadableByteChannel counted(String blob, Transfer transfer) throws IOException {
        try {
            return new CountingChannel(transfer.follow(), count -> read.merge(blob, count, Long::sum));
        } catch (InterruptedException given) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** Whether the layer of a blob is extracted; waits for that, but not for long. */
    boolean await(String blob, Duration most) throws InterruptedException {
        Future<ExtractedLayer> future = running.get(blob);
        if (future == null) {
            return true;
        }
        try {
            future.get(most.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException notYet) {
            return false;
        } catch (ExecutionException failure) {
            throw failed(failure);
        }
    }

    /** How many of a blob's bytes have been extracted, as far as that is known. */
    long read(String blob) {
        return read.getOrDefault(blob, 0L);
    }

    /** Hands in a layer that is extracted already. */
    void give(String blob, ExtractedLayer extracted) {
        running.put(blob, CompletableFuture.completedFuture(extracted));
    }

    /** The extracted layer of a blob, for one taker. */
    ExtractedLayer take(String blob) {
        Future<ExtractedLayer> future = running.remove(blob);
        if (future == null) {
            return layers.extract(blob, lease);
        }
        return await(future);
    }

    private static ExtractedLayer await(Future<ExtractedLayer> future) {
        try {
            return future.get();
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new NaruException(ErrorKind.UNAVAILABLE, "cannot extract a layer", "interrupted", null, interrupt);
        } catch (ExecutionException failure) {
            throw failed(failure);
        }
    }

    private static NaruException failed(ExecutionException failure) {
        return failure.getCause() instanceof NaruException known
                ? known
                : NaruException.because(ErrorKind.INTERNAL, "cannot extract a layer", failure);
    }

    /** Ends what is still going on, so that nothing is half made when the lease ends. */
    @Override
    public void close() {
        threads.shutdownNow();
        boolean interrupted = false;
        while (true) {
            try {
                if (threads.awaitTermination(1, TimeUnit.MINUTES)) {
                    break;
                }
            } catch (InterruptedException interrupt) {
                interrupted = true;
            }
        }
        running.values().stream()
                .filter(future -> future.state() == Future.State.SUCCESS)
                .forEach(future -> layers.discard(future.resultNow().directory()));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
