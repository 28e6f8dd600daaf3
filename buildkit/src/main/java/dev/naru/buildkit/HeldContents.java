package dev.naru.buildkit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Contents that grow piece by piece until they are whole. They lie outside of the heap: megabytes that live for a moment,
 * again and again, would be most of what the collector does. For one thread.
 */
final class HeldContents implements AutoCloseable {
    private static final int SMALLEST = 4 << 10;

    private static final long MOST_FREE = 16 << 20;

    private final Map<Long, Deque<Piece>> free = new HashMap<>();
    private final Set<Arena> arenas = new HashSet<>();
    private long used;
    private long unused;

    private record Piece(Arena arena, MemorySegment memory) {}

    /** One of them. */
    final class Content {
        private Piece place;
        private long size;

        private Content(long expected) {
            place = place(expected);
        }

        void add(ByteBuffer piece) {
            int more = piece.remaining();
            if (size + more > place.memory().byteSize()) {
                Piece larger = place(size + more);
                MemorySegment.copy(place.memory(), 0, larger.memory(), 0, size);
                give(place);
                place = larger;
            }
            MemorySegment.copy(MemorySegment.ofBuffer(piece), 0, place.memory(), size, more);
            size += more;
        }

        long size() {
            return size;
        }

        /** All of it; valid until it is released. */
        MemorySegment bytes() {
            return place.memory().asSlice(0, size);
        }

        void release() {
            give(place);
        }
    }

    /** @param expected bytes; more may come */
    Content begin(long expected) {
        return new Content(expected);
    }

    /** What contents take now, in bytes. */
    long size() {
        return used;
    }

    /** Sizes are powers of two, so that memory is used again. */
    private Piece place(long size) {
        long whole = Long.highestOneBit(Math.max(SMALLEST, size - 1)) << 1;
        used += whole;
        Piece known = free.computeIfAbsent(whole, none -> new ArrayDeque<>()).poll();
        if (known != null) {
            unused -= whole;
            return known;
        }
        Arena arena = Arena.ofConfined();
        arenas.add(arena);
        return new Piece(arena, arena.allocate(whole));
    }

    private void give(Piece piece) {
        long size = piece.memory().byteSize();
        used -= size;
        if (unused + size > MOST_FREE) {
            arenas.remove(piece.arena());
            piece.arena().close();
            return;
        }
        unused += size;
        free.computeIfAbsent(size, none -> new ArrayDeque<>()).push(piece);
    }

    @Override
    public void close() {
        arenas.forEach(Arena::close);
    }
}
