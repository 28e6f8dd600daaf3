package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.CacheUsage;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Keeps the build cache within its policy: looks after builds, at most one look at a time. */
final class CacheCare {
    private static final System.Logger LOG = System.getLogger("naru.disk");

    private final CachePolicy policy;
    private final Path dataRoot;
    private final Supplier<CacheUsage> cache;
    private final AtomicBoolean looking = new AtomicBoolean();

    CacheCare(CachePolicy policy, Path dataRoot, Supplier<CacheUsage> cache) {
        this.policy = requireNonNull(policy, "policy");
        this.dataRoot = requireNonNull(dataRoot, "dataRoot");
        this.cache = requireNonNull(cache, "cache");
    }

    /** A build ended. */
    void look() {
        if (policy.rules().isEmpty() || !looking.compareAndSet(false, true)) {
            return;
        }
        // Deleting files would hold a virtual thread's carrier.
        Thread.ofPlatform().daemon().name("naru-cache-care").start(() -> {
            try {
                collect();
            } catch (NaruException failure) {
                LOG.log(System.Logger.Level.WARNING, "cannot collect the build cache", failure);
            } finally {
                looking.set(false);
            }
        });
    }

    void collect() {
        for (CachePolicy.Rule rule : policy.rules()) {
            Predicate<CacheUsage.Entry> wanted = CacheFilters.of(rule.filters());
            CacheUsage usage = cache.get();
            long used = usage.entries().stream()
                    .filter(wanted)
                    .mapToLong(CacheUsage.Entry::size)
                    .sum();
            long keep = rule.keep(used, free());
            if (keep > 0 && used <= keep) {
                continue;
            }
            CacheUsage.Removed removed = usage.prune(new CacheUsage.Policy(keep, rule.unusedFor(), wanted));
            if (!removed.ids().isEmpty()) {
                LOG.log(
                        System.Logger.Level.INFO,
                        "removed {0} entries of the build cache: {1} bytes",
                        removed.ids().size(),
                        removed.size());
            }
        }
    }

    private long free() {
        try {
            return Files.getFileStore(dataRoot).getUsableSpace();
        } catch (IOException unknown) {
            return Long.MAX_VALUE;
        }
    }
}
