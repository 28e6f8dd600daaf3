package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.store.RunningDigest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes bytes into a digest. With a processor to spare it does so on a thread of its own, while the next bytes are
 * received and written: hashing takes as long as both together. Without one it does so together with another upload.
 */
final class DigestPipe implements AutoCloseable {
    /** Enough to receive and write while a thread hashes. */
    private static final int PIECES_OF_TWO_THREADS = 4;
    /** One waits for another upload to take it along, one is filled. */
    private static final int PIECES = 2;

    private final PieceBuffers buffers;
    private final DigestPairs.Line line;
    private final boolean alone;
    private final int most;
    private final List<ByteBuffer> taken = new ArrayList<>(PIECES_OF_TWO_THREADS);

    /** Until it is closed, the digest is its own. */
    DigestPipe(RunningDigest digest, PieceBuffers buffers) {
        this.buffers = requireNonNull(buffers, "buffers");
        this.line = buffers.pairs().line(digest);
        this.alone = !buffers.enter();
        this.most = alone ? PIECES : PIECES_OF_TWO_THREADS;
        if (!alone) {
            Thread.ofVirtual().name("digest").start(line::serve);
        }
    }

    /** An empty buffer to fill and {@link #add}. */
    ByteBuffer buffer() {
        ByteBuffer known = line.poll();
        if (known == null && taken.size() < most) {
            known = buffers.take();
            taken.add(known);
        }
        return known == null ? hashed().clear() : known.clear();
    }

    /** A buffer whose content is in the digest. */
    @SuppressWarnings("ThreadPriorityCheck") // Only speed depends on who is next.
    private ByteBuffer hashed() {
        if (alone && !line.workInPair()) {
            // First another upload's turn, which may leave a piece that can be taken along.
            Thread.yield();
        }
        ByteBuffer known = line.poll();
        while (known == null) {
            line.work();
            known = line.poll();
        }
        return known;
    }

    /** Takes what is between position and limit of a buffer of this pipe, which is gone then. */
    void add(ByteBuffer piece) {
        line.add(piece);
        if (alone) {
            line.workInPair();
        }
    }

    /** Waits until all that was added is in the digest. */
    @Override
    public void close() {
        boolean more = true;
        while (more) {
            more = line.work();
        }
        line.end();
        buffers.leave();
        taken.forEach(buffers::give);
    }
}
