package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.CacheUsage;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps the build cache within its policy: looks after builds, and again a minute later at the earliest. */
final class CacheCare implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.disk");

    /** Finding the sizes of the mounts that are kept means walking through them. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final CachePolicy policy;
    private final Path dataRoot;
    private final Supplier<CacheUsage> cache;
    private @Nullable Thread looking;
    private boolean asked;
    private boolean closed;

    CacheCare(CachePolicy policy, Path dataRoot, Supplier<CacheUsage> cache) {
        this.policy = requireNonNull(policy, "policy");
        this.dataRoot = requireNonNull(dataRoot, "dataRoot");
        this.cache = requireNonNull(cache, "cache");
    }

    /** A build ended. */
    synchronized void look() {
        asked = true;
        if (!policy.enabled() || closed || looking != null) {
            return;
        }
        // Deleting files would hold a virtual thread's carrier.
        looking = Thread.ofPlatform().daemon().name("naru-cache-care").start(this::run);
    }

    private void run() {
        try {
            do {
                collect();
            } while (isAskedAgain());
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "cannot collect the build cache", failure);
        } finally {
            ended();
        }
    }

    /** Waits for the pause's end; not to be interrupted, because an interrupt closes the files that a thread writes. */
    private synchronized boolean isAskedAgain() {
        long end = System.nanoTime() + PAUSE.toNanos();
        asked = false;
        try {
            for (long left = PAUSE.toMillis(); left > 0 && !closed; left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
        return asked && !closed;
    }

    private synchronized void ended() {
        looking = null;
    }

    void collect() {
        for (CachePolicy.Rule rule : policy.rules(disk())) {
            CacheUsage usage = cache.get();
            long used =
                    usage.entries().stream().mapToLong(CacheUsage.Entry::size).sum();
            long keep = rule.keep(used, free());
            if (keep > 0 && used <= keep) {
                continue;
            }
            CacheUsage.Removed removed =
                    usage.prune(new CacheUsage.Policy(keep, rule.unusedFor(), CacheFilters.of(rule.filters())));
            if (!removed.ids().isEmpty()) {
                LOG.log(
                        System.Logger.Level.INFO,
                        "removed {0} entries of the build cache: {1} bytes",
                        removed.ids().size(),
                        removed.size());
            }
        }
    }

    /** Removes what is in excess of the bounds. */
    CacheUsage.Removed prune(CacheBounds bounds, @Nullable Duration unused, Predicate<CacheUsage.Entry> filter) {
        CacheUsage usage = cache.get();
        long used = usage.entries().stream().mapToLong(CacheUsage.Entry::size).sum();
        long keep = bounds.keep(used, free());
        return usage.prune(new CacheUsage.Policy(keep, unused, filter));
    }

    private long free() {
        try {
            return store().getUsableSpace();
        } catch (IOException unknown) {
            return Long.MAX_VALUE;
        }
    }

    private long disk() {
        try {
            return store().getTotalSpace();
        } catch (IOException unknown) {
            return Long.MAX_VALUE;
        }
    }

    private FileStore store() throws IOException {
        return Files.getFileStore(dataRoot);
    }

    /** Ends a look; what it has begun to remove is removed before this returns. */
    @Override
    public void close() {
        Thread last;
        synchronized (this) {
            closed = true;
            last = looking;
            notifyAll();
        }
        if (last == null) {
            return;
        }
        boolean interrupted = false;
        while (last.isAlive()) {
            try {
                last.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
