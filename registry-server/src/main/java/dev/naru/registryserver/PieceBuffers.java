package dev.naru.registryserver;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory that uploads pass through: outside of the heap, so that the kernel reads and writes it without a copy, and in
 * pieces that are still in the processor's cache when they are hashed and written. There is so much of it and no more;
 * uploads beyond that take small pieces of the heap, and so nobody waits for a client that stalls.
 */
final class PieceBuffers {
    /** Received at once: smaller ones cost more acknowledgements, larger ones leave the processor's cache. */
    private static final int PIECE = 256 << 10;

    private static final int SMALL = 32 << 10;
    private static final int MOST = 56;

    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private final DigestPairs pairs = new DigestPairs();
    private int made;
    private int writers;

    /** Where uploads make their digests together. */
    DigestPairs pairs() {
        return pairs;
    }

    /** An empty buffer; {@link #give} it back. */
    synchronized ByteBuffer take() {
        ByteBuffer known = free.poll();
        if (known != null) {
            return known.clear();
        }
        if (made == MOST) {
            return ByteBuffer.allocate(SMALL);
        }
        made++;
        return ByteBuffer.allocateDirect(PIECE);
    }

    synchronized void give(ByteBuffer piece) {
        if (piece.isDirect()) {
            free.push(piece);
        }
    }

    /** Begins to write an upload; true when a processor is left for its digest. */
    synchronized boolean enter() {
        writers++;
        return writers * 2 <= Runtime.getRuntime().availableProcessors();
    }

    synchronized void leave() {
        writers--;
    }
}
