package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.Hash;
import dev.naru.linux.Pages;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * An archive of which so much is read at once that a small one is there as a whole, with its digest, before anything of it
 * is looked at. What was read lies outside of the heap. Reads all of the archive from its beginning. For one thread.
 */
final class HeldArchive implements ReadableByteChannel {
    /** More than most contexts have, and little enough to be held for a moment. */
    private static final long MOST = 32 << 20;

    private static final int SMALL = 64 << 10;
    private static final int PIECE = 512 << 10;

    private final ReadableByteChannel source;
    private final Arena arena = Arena.ofConfined();
    private final Deque<ByteBuffer> pieces = new ArrayDeque<>();
    private final Optional<String> digest;

    HeldArchive(ReadableByteChannel source) throws IOException {
        this.source = requireNonNull(source, "source");
        boolean held = false;
        try {
            digest = hold();
            held = true;
        } finally {
            if (!held) {
                arena.close();
            }
        }
    }

    private Optional<String> hold() throws IOException {
        // Two hashes at once take as long as one: each has its half of every piece.
        MemorySegment large = MemorySegment.NULL;
        try (var first = new Hash(Hash.Algorithm.SHA256);
                var second = new Hash(Hash.Algorithm.SHA256)) {
            MemorySegment next = arena.allocate(SMALL);
            long size = 0;
            while (size < MOST) {
                ByteBuffer piece = next.asByteBuffer();
                int count = 0;
                while (piece.hasRemaining() && count >= 0) {
                    count = source.read(piece);
                }
                pieces.add(piece.flip());
                long middle = Math.min(next.byteSize() / 2, piece.limit());
                Hash.update(first, next.asSlice(0, middle), second, next.asSlice(middle, piece.limit() - middle));
                if (count < 0) {
                    return Optional.of(first.hex() + second.hex());
                }
                if (size == 0) {
                    large = Pages.allocate(arena, MOST);
                }
                next = large.asSlice(size, PIECE);
                size += PIECE;
            }
        }
        return Optional.empty();
    }

    /** What stands for the archive's bytes, 128 hexadecimal digits; empty for a large one, of which more is to come. */
    Optional<String> digest() {
        return digest;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        while (!pieces.isEmpty() && !pieces.getFirst().hasRemaining()) {
            pieces.removeFirst();
        }
        ByteBuffer piece = pieces.peekFirst();
        if (piece == null) {
            return digest.isPresent() ? -1 : source.read(target);
        }
        int size = Math.min(piece.remaining(), target.remaining());
        target.put(piece.slice(piece.position(), size));
        piece.position(piece.position() + size);
        return size;
    }

    @Override
    public boolean isOpen() {
        return source.isOpen();
    }

    @Override
    public void close() throws IOException {
        // What reads it closes it, and so does who made it.
        if (arena.scope().isAlive()) {
            arena.close();
            source.close();
        }
    }
}
