package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.store.RunningDigest;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of uploads that are to be taken into their digests. Two digests together take as long as one, so an upload
 * leaves a piece here while it receives the next, for another upload to take along with its own.
 */
final class DigestPairs {
    private final ReentrantLock lock = new ReentrantLock();
    /** Who has a piece that nobody works on; the last one's is the likeliest to be in the processor's cache still. */
    private final Deque<Line> waiting = new ArrayDeque<>();

    /** Begins an upload's line. */
    Line line(RunningDigest digest) {
        return new Line(digest);
    }

    /** The pieces of one upload, which go into its digest one after the other. */
    final class Line {
        private final RunningDigest digest;
        private final Deque<ByteBuffer> pending = new ArrayDeque<>();
        private final Deque<ByteBuffer> done = new ArrayDeque<>();
        private final Condition changed = lock.newCondition();
        /** What is being taken into the digest, by whichever thread. */
        private @Nullable ByteBuffer current;

        private boolean ended;

        private Line(RunningDigest digest) {
            this.digest = requireNonNull(digest, "digest");
        }

        void add(ByteBuffer piece) {
            lock.lock();
            try {
                pending.add(piece);
                offer();
            } finally {
                lock.unlock();
            }
        }

        /** A piece that was added and is in the digest; null when there is none now. */
        @Nullable
        ByteBuffer poll() {
            lock.lock();
            try {
                return done.poll();
            } finally {
                lock.unlock();
            }
        }

        /** Takes the next piece into the digest, if another upload has one to go with it; whether it did. */
        boolean workInPair() {
            Line other;
            lock.lock();
            try {
                other = other();
                if (current != null || pending.isEmpty() || other == null) {
                    return false;
                }
                begin();
                other.begin();
            } finally {
                lock.unlock();
            }
            hash(other);
            return true;
        }

        /** Takes a piece into the digest, or waits for who does; false when all that was added is in it. */
        boolean work() {
            return work(false);
        }

        /** Works until the line has {@link #end}ed. */
        void serve() {
            while (work(true)) {
                // The next piece.
            }
        }

        /** No more pieces come. */
        void end() {
            lock.lock();
            try {
                ended = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private boolean work(boolean untilEnd) {
            Line other;
            lock.lock();
            try {
                while (current != null || (pending.isEmpty() && untilEnd && !ended)) {
                    changed.awaitUninterruptibly();
                }
                if (pending.isEmpty()) {
                    return false;
                }
                other = other();
                begin();
                if (other != null) {
                    other.begin();
                }
            } finally {
                lock.unlock();
            }
            hash(other);
            return true;
        }

        private @Nullable Line other() {
            for (Line each : waiting) {
                if (each != this) {
                    return each;
                }
            }
            return null;
        }

        private void begin() {
            current = pending.remove();
            waiting.remove(this);
        }

        private void hash(@Nullable Line other) {
            try {
                ByteBuffer piece = requireNonNull(current);
                if (other == null) {
                    digest.update(piece);
                } else {
                    RunningDigest.update(digest, piece, other.digest, requireNonNull(other.current));
                }
            } finally {
                lock.lock();
                try {
                    finish();
                    if (other != null) {
                        other.finish();
                    }
                } finally {
                    lock.unlock();
                }
            }
        }

        private void finish() {
            done.add(requireNonNull(current));
            current = null;
            offer();
        }

        private void offer() {
            if (current == null && !pending.isEmpty() && !waiting.contains(this)) {
                waiting.push(this);
            }
            changed.signalAll();
        }
    }
}
