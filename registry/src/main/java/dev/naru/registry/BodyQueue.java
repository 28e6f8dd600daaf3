package dev.naru.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way in, as buffers in order. Only a few are in memory: the next are asked for when these are taken. A
 * body that stands still fails, which the JDK's own streams do not know.
 */
final class BodyQueue implements BodySubscriber<BodyQueue>, AutoCloseable {
    private static final Duration STALL = Duration.ofSeconds(60);
    private static final int AHEAD = 4;

    private sealed interface Event {
        record Data(List<ByteBuffer> buffers) implements Event {}

        record End() implements Event {}

        record Broken(Throwable cause) implements Event {}
    }

    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Queue<ByteBuffer> ready = new ArrayDeque<>();
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean closed;
    private boolean ended;

    @Override
    public CompletionStage<BodyQueue> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (closed) {
            given.cancel();
        } else {
            given.request(AHEAD);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        events.add(new Event.Data(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        events.add(new Event.Broken(cause));
    }

    @Override
    public void onComplete() {
        events.add(new Event.End());
    }

    /** The next bytes; null at the end. */
    @Nullable
    ByteBuffer next() throws IOException {
        while (ready.isEmpty()) {
            if (ended) {
                return null;
            }
            take();
        }
        return ready.poll();
    }

    private void take() throws IOException {
        Event event;
        try {
            event = events.poll(STALL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        switch (event) {
            case null -> throw new IOException("no data for " + STALL.toSeconds() + " seconds");
            case Event.Data data -> {
                data.buffers().stream().filter(ByteBuffer::hasRemaining).forEach(ready::add);
                Optional.ofNullable(subscription).ifPresent(each -> each.request(1));
            }
            case Event.End _ -> ended = true;
            case Event.Broken broken ->
                throw broken.cause() instanceof IOException known ? known : new IOException(broken.cause());
        }
    }

    /**
     * All of a small body.
     *
     * @throws IOException when there is more than {@code limit}
     */
    byte[] readAll(int limit) throws IOException {
        var all = new java.io.ByteArrayOutputStream();
        for (ByteBuffer each = next(); each != null; each = next()) {
            if (all.size() + each.remaining() > limit) {
                throw new IOException("the answer is larger than " + limit + " bytes");
            }
            byte[] bytes = new byte[each.remaining()];
            each.get(bytes);
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    /** Gives up what has not been read; the connection is closed then. */
    @Override
    public void close() {
        closed = true;
        Flow.Subscription known = subscription;
        if (known != null && !ended) {
            known.cancel();
        }
    }
}
