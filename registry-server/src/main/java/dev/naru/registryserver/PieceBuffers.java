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
    /**
     * Written at once. From 256 KiB on, the page cache asks for pages in a row that are rare, and on a virtual machine
     * often memory that its host has taken back and must find again: ten times as long.
     */
    private static final int PIECE = 128 << 10;

    private static final int SMALL = 32 << 10;
    private static final int MOST = 72;

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
