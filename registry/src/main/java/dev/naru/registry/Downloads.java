package dev.naru.registry;

import dev.naru.oci.Descriptor;
import dev.naru.store.Store;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** The downloads that run, each blob once whoever wants it. */
final class Downloads implements AutoCloseable {
    private final Semaphore slots;
    private final int ranges;
    private final int attempts;
    private final Map<String, BlobDownload> running = new HashMap<>();

    Downloads(int concurrent, int ranges, int attempts) {
        this.slots = new Semaphore(Math.max(1, concurrent), true);
        this.ranges = ranges;
        this.attempts = attempts;
    }

    Transfer join(Repository repository, Descriptor blob, Store store) {
        synchronized (running) {
            BlobDownload known = running.get(blob.digest());
            if (known != null && known.size() == blob.size() && known.join()) {
                return new Ticket(known);
            }
            var fresh = new BlobDownload(repository, blob, store, slots, ranges, attempts, this::ended);
            running.put(blob.digest(), fresh);
            fresh.start(known);
            return new Ticket(fresh);
        }
    }

    private void ended(BlobDownload download) {
        synchronized (running) {
            running.remove(download.digest(), download);
        }
    }

    @Override
    public void close() {
        synchronized (running) {
            running.values().forEach(BlobDownload::cancel);
        }
    }

    /** One of those that want a blob. */
    private static final class Ticket implements Transfer {
        private final BlobDownload download;
        private boolean closed;

        Ticket(BlobDownload download) {
            this.download = download;
        }

        @Override
        public State state() {
            return download.state();
        }

        @Override
        public long current() {
            return download.current();
        }

        @Override
        public long total() {
            return download.size();
        }

        @Override
        public boolean await(java.time.Duration most) throws InterruptedException {
            return download.await(most);
        }

        @Override
        public java.nio.channels.ReadableByteChannel follow() throws InterruptedException {
            return download.follow();
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                download.leave();
            }
        }
    }
}
