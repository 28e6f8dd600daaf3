package dev.naru.registryserver;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Memory that uploads pass through: outside of the heap, so that the kernel reads and writes it without a copy, and few
 * enough that a piece is still in the processor's cache when it is hashed and written.
 */
final class PieceBuffers {
    static final int PIECE = 256 << 10;

    /** Kept for the next upload; more than these are the collector's. */
    private static final int KEPT = 48;

    private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(KEPT);
    private final AtomicInteger writers = new AtomicInteger();

    ByteBuffer take() {
        ByteBuffer known = free.poll();
        return known == null ? ByteBuffer.allocateDirect(PIECE) : known.clear();
    }

    /** Answers whether it is kept for somebody else. */
    boolean give(ByteBuffer piece) {
        return free.offer(piece);
    }

    /** Begins to write an upload; true when a processor is left for its digest. */
    boolean enter() {
        return writers.incrementAndGet() * 2 <= Runtime.getRuntime().availableProcessors();
    }

    void leave() {
        writers.decrementAndGet();
    }
}
