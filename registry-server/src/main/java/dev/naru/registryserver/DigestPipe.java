package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.Sha256;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Takes bytes into a digest on a thread of its own, while the next ones are received and written: hashing takes as long as
 * both together.
 */
final class DigestPipe implements AutoCloseable {
    private static final int PIECES = 4;
    static final int PIECE = 256 << 10;

    private final Sha256 hash;
    private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(PIECES);
    private final BlockingQueue<Piece> full = new ArrayBlockingQueue<>(PIECES + 1);
    private final Thread hashing;
    private int made;

    private record Piece(byte[] bytes, int count) {}

    /** Until it is closed, the digest is its own. */
    DigestPipe(Sha256 hash) {
        this.hash = requireNonNull(hash, "hash");
        this.hashing = Thread.ofVirtual().name("digest").start(this::run);
    }

    private void run() {
        try {
            Piece piece = full.take();
            while (piece.count() > 0) {
                hash.update(piece.bytes(), 0, piece.count());
                free.add(piece.bytes());
                piece = full.take();
            }
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        }
    }

    /** A buffer of {@link #PIECE} bytes to fill and {@link #add}. */
    byte[] buffer() throws IOException {
        byte[] known = free.poll();
        if (known != null) {
            return known;
        }
        if (made < PIECES) {
            made++;
            return new byte[PIECE];
        }
        try {
            return free.take();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /** Takes the first {@code count} bytes, at least one, of a buffer of this pipe. */
    void add(byte[] buffer, int count) {
        full.add(new Piece(buffer, count));
    }

    /** Waits until all that was added is in the digest. */
    @Override
    public void close() {
        full.add(new Piece(new byte[0], 0));
        boolean interrupted = false;
        while (hashing.isAlive()) {
            try {
                hashing.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
