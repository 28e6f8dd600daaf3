package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.store.RunningDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Takes bytes into a digest. With a processor to spare it does so on a thread of its own, while the next bytes are
 * received and written: hashing takes as long as both together. Without one, that would only cost the processor's cache.
 */
final class DigestPipe implements AutoCloseable {
    private static final int PIECES = 4;

    private final RunningDigest hash;
    private final PieceBuffers buffers;
    private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(PIECES);
    private final BlockingQueue<ByteBuffer> full = new ArrayBlockingQueue<>(PIECES + 1);
    private final @Nullable Thread hashing;
    private final List<ByteBuffer> taken = new ArrayList<>(PIECES);

    /** Until it is closed, the digest is its own. */
    DigestPipe(RunningDigest hash, PieceBuffers buffers) {
        this.hash = requireNonNull(hash, "hash");
        this.buffers = requireNonNull(buffers, "buffers");
        this.hashing = buffers.enter() ? Thread.ofVirtual().name("digest").start(this::run) : null;
    }

    private void run() {
        try {
            ByteBuffer piece = full.take();
            while (piece.hasRemaining()) {
                hash.update(piece);
                free.add(piece);
                piece = full.take();
            }
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        }
    }

    /** An empty buffer to fill and {@link #add}. */
    ByteBuffer buffer() throws IOException {
        ByteBuffer known = free.poll();
        if (known != null) {
            return known.clear();
        }
        if (taken.size() < PIECES) {
            ByteBuffer piece = buffers.take();
            taken.add(piece);
            return piece;
        }
        try {
            return free.take().clear();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /** Takes what is between position and limit of a buffer of this pipe, which is gone then. */
    void add(ByteBuffer piece) {
        if (hashing == null) {
            hash.update(piece);
            free.add(piece);
        } else if (piece.hasRemaining()) {
            full.add(piece);
        } else {
            free.add(piece);
        }
    }

    /** Waits until all that was added is in the digest. */
    @Override
    public void close() {
        if (hashing != null) {
            end(hashing);
        }
        buffers.leave();
        taken.forEach(buffers::give);
    }

    private void end(Thread thread) {
        full.add(ByteBuffer.allocate(0));
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
