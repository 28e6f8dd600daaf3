package dev.naru.registry;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.store.PartialBlob;
import dev.naru.store.PartialBlob.Gap;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fills the gaps of a partial blob over several connections. The first request tells whether the server knows ranges; one
 * that does not sends everything, and one connection takes it.
 */
final class RangedFetch {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)");
    /** Below this a second connection costs more than it brings. */
    private static final int SEGMENTS_TO_SHARE = 3;

    private final Repository repository;
    private final PartialBlob file;
    private final int connections;
    private final int attempts;
    private final Runnable arrived;
    private final Deque<Gap> gaps;
    private final List<Thread> workers = new ArrayList<>();
    private @Nullable RuntimeException failure;
    private boolean shared;
    private int open;

    /** @param arrived run when all bytes are there, before the digest is known */
    RangedFetch(Repository repository, PartialBlob file, int connections, int attempts, Runnable arrived) {
        this.repository = repository;
        this.file = file;
        this.connections = connections;
        this.attempts = attempts;
        this.arrived = arrived;
        this.gaps = new ArrayDeque<>(file.gaps());
    }

    /** Fetches what is missing; answers the content's digest. */
    String run() throws InterruptedException {
        var digest = new CompletableFuture<String>();
        // Computing all the time: it would hold a virtual thread's carrier.
        Thread hashing = Thread.ofPlatform().daemon().name("naru-digest").start(() -> {
            try {
                digest.complete(file.hash());
            } catch (InterruptedException | RuntimeException given) {
                digest.completeExceptionally(given);
            }
        });
        try {
            begin();
            awaitWorkers();
            arrived.run();
            return digest.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof NaruException known) {
                throw known;
            }
            throw NaruException.because(ErrorKind.INTERNAL, "cannot verify blob " + file.digest(), failed);
        } finally {
            stop();
            file.abandon();
            joinQuietly(hashing);
        }
    }

    private synchronized void begin() {
        if (!gaps.isEmpty()) {
            worker();
        }
    }

    private void worker() {
        open++;
        workers.add(Thread.ofVirtual().name("naru-range").start(this::work));
    }

    private synchronized void awaitWorkers() throws InterruptedException {
        while (open > 0 && failure == null) {
            wait();
        }
        RuntimeException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    private void stop() {
        List<Thread> all;
        synchronized (this) {
            gaps.clear();
            all = List.copyOf(workers);
        }
        all.forEach(Thread::interrupt);
        all.forEach(RangedFetch::joinQuietly);
    }

    private static void joinQuietly(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        RuntimeException failed = null;
        try {
            for (Gap gap = next(); gap != null; gap = next()) {
                fill(gap);
            }
        } catch (IOException broken) {
            failed = NaruException.because(ErrorKind.UNAVAILABLE, "cannot pull blob " + file.digest(), broken);
        } catch (RuntimeException thrown) {
            failed = thrown;
        }
        synchronized (this) {
            open--;
            if (failed != null && failure == null) {
                failure = failed;
            }
            notifyAll();
        }
    }

    private synchronized @Nullable Gap next() {
        return gaps.poll();
    }

    /** Fills one gap, over as many connections in turn as it takes while they get on. */
    private void fill(Gap gap) throws IOException {
        var backoff = new Backoff(attempts);
        long at = gap.offset();
        long end = gap.offset() + gap.length();
        while (at < end) {
            long before = at;
            try (Answer answer = repository.blob(file.digest(), at, end - 1)) {
                at = take(answer, at, end);
                if (at < end) {
                    throw new IOException("the body ends after " + (at - before) + " of " + (end - before) + " bytes");
                }
            } catch (InterruptedIOException stopped) {
                throw stopped;
            } catch (CutException cut) {
                at = cut.reached;
                if (at > before) {
                    backoff.reset();
                }
                if (!backoff.again()) {
                    throw cut;
                }
            } catch (NaruException failed) {
                boolean passes = failed.kind() == ErrorKind.UNAVAILABLE
                        && failed.getCause() instanceof IOException
                        && !(failed.getCause() instanceof RefusedException)
                        && !Thread.currentThread().isInterrupted();
                if (!passes || !backoff.again()) {
                    throw failed;
                }
            }
        }
    }

    /** A body that ended too early, and where. */
    private static final class CutException extends IOException {
        private static final long serialVersionUID = 1;
        private final long reached;

        CutException(long reached, IOException cause) {
            super(cause.getMessage(), cause);
            this.reached = reached;
        }
    }

    private long take(Answer answer, long first, long end) throws IOException {
        boolean ranged = answer.status() == 206;
        long from = ranged ? checkRange(answer, first) : 0;
        long until = ranged ? end : file.size();
        if (!ranged) {
            checkLength(answer);
            takeOver();
        } else {
            share();
        }
        long at = from;
        try {
            for (ByteBuffer piece = answer.body().next();
                    piece != null;
                    piece = answer.body().next()) {
                if (piece.remaining() > until - at) {
                    throw wrongSize("more than " + file.size());
                }
                int count = piece.remaining();
                file.write(piece, at);
                at += count;
            }
        } catch (InterruptedIOException stopped) {
            throw stopped;
        } catch (IOException broken) {
            throw new CutException(ranged ? at : first, broken);
        }
        if (at < until) {
            throw new CutException(ranged ? at : first, new IOException("unexpected EOF"));
        }
        return end;
    }

    private long checkRange(Answer answer, long first) {
        Matcher range = CONTENT_RANGE.matcher(answer.header("Content-Range"));
        if (!range.matches() || Long.parseLong(range.group(1)) != first) {
            throw NaruException.invalid(
                    "cannot pull blob " + file.digest() + ": the registry sent another range than it was asked for");
        }
        if (!range.group(3).equals("*") && Long.parseLong(range.group(3)) != file.size()) {
            throw wrongSize(range.group(3));
        }
        return first;
    }

    private void checkLength(Answer answer) {
        long told = answer.length();
        if (told >= 0 && told != file.size()) {
            throw wrongSize(String.valueOf(told));
        }
    }

    private NaruException wrongSize(String actual) {
        return new NaruException(
                ErrorKind.INVALID,
                "blob " + file.digest() + " has the wrong size",
                actual + " bytes instead of " + file.size(),
                null);
    }

    /** The server knows ranges: the other gaps go to other connections. */
    private synchronized void share() {
        if (!shared && gaps.size() >= SEGMENTS_TO_SHARE - 1) {
            for (int i = 1; i < connections && i <= gaps.size(); i++) {
                worker();
            }
        }
        shared = true;
    }

    /** The server sends everything: nobody else needs to ask. */
    private synchronized void takeOver() {
        gaps.clear();
    }
}
