package dev.naru.registry;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.registry.Transfer.State;
import dev.naru.store.Leases.Lease;
import dev.naru.store.PartialBlob;
import dev.naru.store.Store;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One blob's way into the store: ranges side by side into a partial file, the digest computed behind them. */
final class BlobDownload {
    private final Repository repository;
    private final Descriptor blob;
    private final Store store;
    private final Semaphore slots;
    private final int ranges;
    private final int attempts;
    private final Consumer<BlobDownload> ended;
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread thread;
    private int wanted = 1;
    private volatile State state = State.WAITING;
    private volatile @Nullable PartialBlob partial;
    private volatile @Nullable RuntimeException failure;
    private volatile @Nullable BlobDownload before;

    BlobDownload(
            Repository repository,
            Descriptor blob,
            Store store,
            Semaphore slots,
            int ranges,
            int attempts,
            Consumer<BlobDownload> ended) {
        this.repository = repository;
        this.blob = blob;
        this.store = store;
        this.slots = slots;
        this.ranges = ranges;
        this.attempts = attempts;
        this.ended = ended;
        this.thread = Thread.ofVirtual().name("naru-download").unstarted(this::run);
    }

    /** @param before one of the same blob that is about to end and must have ended first */
    void start(@Nullable BlobDownload before) {
        this.before = before;
        thread.start();
    }

    String digest() {
        return blob.digest();
    }

    long size() {
        return blob.size();
    }

    State state() {
        return state;
    }

    long current() {
        PartialBlob known = partial;
        return state == State.DONE ? size() : known == null ? 0 : known.arrivedBytes();
    }

    /** One more wants it; false when it has been given up. */
    synchronized boolean join() {
        if (wanted == 0 || failure != null) {
            return false;
        }
        wanted++;
        return true;
    }

    /** One less wants it. */
    synchronized void leave() {
        wanted--;
        if (wanted == 0) {
            cancel();
        }
    }

    void cancel() {
        thread.interrupt();
    }

    boolean await(Duration most) throws InterruptedException {
        boolean over = finished.await(most.toMillis(), TimeUnit.MILLISECONDS);
        rethrow();
        return over;
    }

    ReadableByteChannel follow() throws InterruptedException {
        opened.await();
        rethrow();
        PartialBlob known = partial;
        return known == null || state == State.DONE ? store.blobs().open(digest()) : known.follow();
    }

    private void rethrow() {
        RuntimeException known = failure;
        if (known instanceof NaruException naru) {
            throw new NaruException(naru.kind(), naru.what(), reason(naru), naru.hint(), naru);
        }
        if (known != null) {
            throw known;
        }
    }

    /** The same error may be thrown to several: each gets one of its own, with the same words. */
    private static String reason(NaruException failure) {
        String text = String.valueOf(failure.getMessage());
        String rest = text.substring(Math.min(text.length(), failure.what().length()));
        String hint = failure.hint();
        if (hint != null && rest.endsWith(" — " + hint)) {
            rest = rest.substring(0, rest.length() - hint.length() - 3);
        }
        return rest.startsWith(": ") ? rest.substring(2) : rest;
    }

    private void run() {
        boolean slot = false;
        try (Lease lease = store.leases().open()) {
            BlobDownload other = before;
            if (other != null) {
                other.finished.await();
                before = null;
            }
            slots.acquire();
            slot = true;
            lease.hold(digest());
            if (store.blobs().size(digest()) != size()) {
                fetch(lease);
            }
            state = State.DONE;
        } catch (InterruptedException given) {
            failure = new NaruException(
                    ErrorKind.UNAVAILABLE, "cannot pull blob " + digest(), "context canceled", null, given);
        } catch (RuntimeException failed) {
            failure = failed;
        } catch (Error defect) {
            failure = NaruException.because(ErrorKind.INTERNAL, "cannot pull blob " + digest(), defect);
        } finally {
            if (slot) {
                slots.release();
            }
            ended.accept(this);
            opened.countDown();
            finished.countDown();
        }
    }

    private void fetch(Lease lease) throws InterruptedException {
        try {
            attempt(lease);
        } catch (StaleProgress stale) {
            // What was left by an engine that died with the machine may not be what it claims.
            attempt(lease);
        }
    }

    private void attempt(Lease lease) throws InterruptedException {
        try (PartialBlob file = store.blobs().partial(digest(), size())) {
            partial = file;
            state = State.RUNNING;
            opened.countDown();
            try {
                String actual =
                        new RangedFetch(repository, file, ranges, attempts, () -> state = State.VERIFYING).run();
                if (!actual.equals(digest())) {
                    throw wrong(file, actual);
                }
                file.commit(lease);
            } catch (NaruException failed) {
                // A full disk gets its space back; everything else may be resumed.
                if (failed.hint() != null && String.valueOf(failed.hint()).contains("free space")) {
                    file.discard();
                }
                throw failed;
            } finally {
                file.abandon();
            }
        }
    }

    private RuntimeException wrong(PartialBlob file, String actual) {
        file.discard();
        if (file.resumed()) {
            return new StaleProgress();
        }
        return new NaruException(
                ErrorKind.INVALID,
                "filesystem layer verification failed for digest " + digest(),
                "the content has the digest " + actual,
                null);
    }

    private static final class StaleProgress extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
