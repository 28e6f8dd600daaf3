package dev.naru.registry;

import static java.util.Objects.requireNonNull;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A body made of arrays that come when they are asked for, and which are sent as they are. The JDK's own copies them to
 * buffers of 16 KiB first, each of which is sent by a thread of its own.
 */
final class PulledBody implements BodyPublisher {
    /** A socket that takes only a part of a buffer has the rest copied again. */
    private static final int MOST = 64 * 1024;

    private final Iterable<byte[]> pieces;
    private final long length;

    /**
     * @param pieces none of them empty, and not used again
     * @param length of all in bytes; -1 when nobody knows, and it is sent in chunks
     */
    PulledBody(Iterable<byte[]> pieces, long length) {
        this.pieces = requireNonNull(pieces, "pieces");
        this.length = length;
    }

    @Override
    public long contentLength() {
        return length;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        subscriber.onSubscribe(new Pull(subscriber, pieces.iterator()));
    }

    private static final class Pull implements Flow.Subscription {
        private final Flow.Subscriber<? super ByteBuffer> subscriber;
        private final Iterator<byte[]> pieces;
        private final AtomicLong wanted = new AtomicLong();
        private ByteBuffer rest = ByteBuffer.allocate(0);
        private volatile boolean ended;

        Pull(Flow.Subscriber<? super ByteBuffer> subscriber, Iterator<byte[]> pieces) {
            this.subscriber = subscriber;
            this.pieces = pieces;
        }

        @Override
        public void request(long count) {
            // Who finds nothing wanted serves all that is wanted meanwhile: one thread at a time.
            if (wanted.getAndAdd(count) == 0) {
                do {
                    serve();
                } while (wanted.decrementAndGet() > 0);
            }
        }

        private void serve() {
            if (ended) {
                return;
            }
            try {
                if (!rest.hasRemaining() && pieces.hasNext()) {
                    rest = ByteBuffer.wrap(pieces.next());
                }
            } catch (RuntimeException broken) {
                ended = true;
                subscriber.onError(broken);
                return;
            }
            if (rest.hasRemaining()) {
                int size = Math.min(rest.remaining(), MOST);
                ByteBuffer some = rest.slice(rest.position(), size);
                rest.position(rest.position() + size);
                subscriber.onNext(some);
            } else {
                ended = true;
                subscriber.onComplete();
            }
        }

        @Override
        public void cancel() {
            ended = true;
        }
    }
}
