package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.CacheUsage;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Image;
import dev.naru.image.Images;
import dev.naru.store.Store;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Removes what nobody uses when the disk becomes full, the least recently used first. Below the high mark a look costs one
 * system call; nothing is read and nothing runs meanwhile.
 */
final class DiskCare implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.disk");

    private final DiskPolicy policy;
    private final Store store;
    private final Images images;
    private final ImageUsers users;
    private final ImageUse uses;
    private final Supplier<CacheUsage> cache;
    private final EventSink events;
    private final Thread thread;
    private volatile boolean closed;
    private boolean warned;

    /** Something that could go. */
    private record Candidate(long lastUsed, String name, BooleanSupplier removal) {}

    DiskCare(
            DiskPolicy policy,
            Store store,
            Images images,
            ImageUsers users,
            ImageUse uses,
            Supplier<CacheUsage> cache,
            EventSink events) {
        this.policy = requireNonNull(policy, "policy");
        this.store = requireNonNull(store, "store");
        this.images = requireNonNull(images, "images");
        this.users = requireNonNull(users, "users");
        this.uses = requireNonNull(uses, "uses");
        this.cache = requireNonNull(cache, "cache");
        this.events = requireNonNull(events, "events");
        this.thread = Thread.ofVirtual().name("naru-disk-care").unstarted(this::watch);
    }

    DiskCare start() {
        thread.start();
        return this;
    }

    private void watch() {
        while (!closed) {
            try {
                Thread.sleep(policy.interval());
                check();
            } catch (InterruptedException end) {
                return;
            } catch (NaruException failure) {
                LOG.log(System.Logger.Level.WARNING, "cannot make room: " + failure.what(), failure);
            }
        }
    }

    /** Looks, and removes what it takes to come below the low mark. */
    synchronized void check() throws InterruptedException {
        if (!isAbove(policy.high())) {
            warned = false;
            return;
        }
        long partial = store.discardPartial();
        if (partial > 0) {
            tell("download", "partial downloads", partial);
        }
        List<Candidate> all = candidates();
        // Removing a layer of the build cache frees the one below it for the next round.
        for (boolean progress = true; progress && isAbove(policy.low()); ) {
            progress = false;
            for (Candidate each : List.copyOf(all)) {
                if (closed || Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (!isAbove(policy.low())) {
                    break;
                }
                if (each.removal().getAsBoolean()) {
                    all.remove(each);
                    images.awaitRemovals();
                    progress = true;
                }
            }
        }
        if (isAbove(policy.low()) && !warned) {
            warned = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the file system of " + store.dataRoot() + " stays fuller than " + policy.low()
                            + ": everything left is in use, was used lately, or is kept");
        }
    }

    private boolean isAbove(DiskMark mark) {
        try {
            FileStore disk = Files.getFileStore(store.dataRoot());
            return mark.isExceeded(disk.getTotalSpace(), disk.getUsableSpace());
        } catch (IOException failure) {
            throw NaruException.because(
                    ErrorKind.UNAVAILABLE, "cannot measure the file system of " + store.dataRoot(), failure);
        }
    }

    private void tell(String type, String name, long freed) {
        events.publish(type, "reclaim", name, Map.of("name", name, "reclaimed", Long.toString(freed)));
        LOG.log(
                System.Logger.Level.INFO,
                "removed " + type + " " + name + ", " + freed + " bytes, because the disk is fuller than "
                        + policy.high());
    }

    private List<Candidate> candidates() {
        long newest = Timestamps.now() - policy.unusedFor().toNanos();
        var all = new ArrayList<Candidate>();
        for (Image image : images.list()) {
            if (users.count(image.id()) == 0
                    && !isKept(image)
                    && !store.leases().isHeld(image.id())) {
                all.add(new Candidate(uses.last(image), image.id(), () -> remove(image)));
            }
        }
        for (CacheUsage.Entry entry : cache.get().entries()) {
            if (!entry.used()) {
                long last = Timestamps.of(entry.lastUsed());
                all.add(new Candidate(last, entry.id(), () -> remove(entry)));
            }
        }
        all.removeIf(each -> each.lastUsed() > newest);
        all.sort(Comparator.comparingLong(Candidate::lastUsed));
        return all;
    }

    private boolean isKept(Image image) {
        for (String rule : policy.keep()) {
            boolean kept = rule.startsWith("label=")
                    ? new Filters(Map.of("label", List.of(rule.substring("label=".length()))))
                            .matchesLabels("label", ImageList.labels(image))
                    : image.tags().stream().anyMatch(tag -> ImageList.matches(List.of(new GlobPattern(rule)), tag));
            if (kept) {
                return true;
            }
        }
        return false;
    }

    /** In one transaction, or not at all: a container, even a stopped one, keeps its image. */
    private boolean remove(Image image) {
        try {
            List<Images.Removal> steps = images.remove(image.id(), true, false, id -> {
                Map<String, Boolean> inUse = new HashMap<>();
                users.containersOf(id).keySet().forEach(container -> inUse.put(container, true));
                return inUse;
            });
            for (Images.Removal step : steps) {
                if (step.untagged() != null) {
                    events.publish(Happening.of(image, "untag", image.id()));
                } else if (image.id().equals(step.deleted())) {
                    events.publish(Happening.of(image, "delete", image.id()));
                }
            }
            uses.forget(image.id());
            tell("image", image.tags().isEmpty() ? image.id() : image.tags().getFirst(), image.size());
            return !steps.isEmpty();
        } catch (NaruException kept) {
            if (kept.kind() != ErrorKind.CONFLICT && kept.kind() != ErrorKind.NOT_FOUND) {
                throw kept;
            }
            // Somebody began to use it, stands on it, or was faster.
            return false;
        }
    }

    private boolean remove(CacheUsage.Entry entry) {
        CacheUsage.Removed removed = cache.get()
                .prune(new CacheUsage.Policy(0, null, each -> each.id().equals(entry.id())));
        if (removed.ids().isEmpty()) {
            return false;
        }
        tell("builder", entry.id(), removed.size());
        return true;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
