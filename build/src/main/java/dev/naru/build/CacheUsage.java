package dev.naru.build;

import dev.naru.image.BuiltLayers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the builder keeps, and its removal by policy. */
public final class CacheUsage {
    private static final String FILES = "source.local";
    private static final String MOUNT = "exec.cachemount";

    private final BuildCache cache;
    private final BuiltLayers layers;
    private final CacheMounts mounts;
    private final ContextFiles files;
    private final BooleanSupplier busy;

    CacheUsage(BuildCache cache, BuiltLayers layers, CacheMounts mounts, ContextFiles files, BooleanSupplier busy) {
        this.cache = cache;
        this.layers = layers;
        this.mounts = mounts;
        this.files = files;
        this.busy = busy;
    }

    /**
     * One thing that is kept.
     *
     * @param parents ids of those it stands on
     * @param type {@code regular}, {@code source.local}, {@code exec.cachemount}
     * @param used whether a build needs it now
     * @param size in bytes
     */
    public record Entry(
            String id,
            List<String> parents,
            String type,
            String description,
            boolean used,
            long size,
            Instant created,
            Instant lastUsed,
            int uses) {
        public Entry {
            parents = List.copyOf(parents);
        }
    }

    /**
     * What to remove: the least recently used first, until the rest is within the bounds.
     *
     * @param keep bytes that may stay, 0 to remove all that the filter takes
     * @param unusedFor only what was not used for so long, null for any
     * @param filter only these
     */
    public record Policy(long keep, @Nullable Duration unusedFor, Predicate<Entry> filter) {}

    /** What was removed. */
    public record Removed(List<String> ids, long size) {
        public Removed {
            ids = List.copyOf(ids);
        }
    }

    private static Instant time(long nanoseconds) {
        return Instant.ofEpochSecond(0, nanoseconds);
    }

    /** All of it, the least recently used first. */
    public List<Entry> entries() {
        var entries = new ArrayList<Entry>();
        for (CacheRecord record : cache.all()) {
            if (record.type().equals(BuildCache.ALIAS)) {
                continue;
            }
            long size = record.chains().stream()
                    .mapToLong(chain -> layers.size(chain).orElse(0L))
                    .sum();
            List<String> parents = record.chains().stream()
                    .filter(chain -> layers.size(chain).isPresent())
                    .map(layers::parent)
                    .filter(parent -> parent.startsWith("build:"))
                    .flatMap(parent -> idOf(parent).stream())
                    .toList();
            entries.add(new Entry(
                    record.key(),
                    parents,
                    record.type(),
                    record.description(),
                    false,
                    size,
                    time(record.created()),
                    time(record.lastUsed()),
                    record.uses()));
        }
        for (CacheMounts.Kept kept : mounts.all()) {
            entries.add(new Entry(
                    kept.name(),
                    List.of(),
                    MOUNT,
                    "cached mount " + kept.id(),
                    kept.used(),
                    kept.size(),
                    kept.lastUsed(),
                    kept.lastUsed(),
                    0));
        }
        Map<String, Long> contents = files.sizes();
        if (!contents.isEmpty()) {
            entries.add(new Entry(
                    "files",
                    List.of(),
                    FILES,
                    "files of build contexts",
                    busy.getAsBoolean(),
                    contents.values().stream().mapToLong(Long::longValue).sum(),
                    Instant.EPOCH,
                    Instant.now(),
                    0));
        }
        entries.sort(Comparator.comparing(Entry::lastUsed));
        return entries;
    }

    private Optional<String> idOf(String chain) {
        return cache.all().stream()
                .filter(record -> record.chains().contains(chain))
                .map(CacheRecord::key)
                .findFirst();
    }

    /** Removes what the policy says; what stands on something that stays, or what a build needs, stays too. */
    public Removed prune(Policy policy) {
        Instant now = Instant.now();
        List<Entry> all = entries();
        long kept = all.stream().mapToLong(Entry::size).sum();
        var ids = new ArrayList<String>();
        long size = 0;
        // Layers go from the top: removing one frees the one below for the next round.
        boolean progress = true;
        Set<String> gone = new HashSet<>();
        while (progress) {
            progress = false;
            for (Entry entry : all) {
                boolean old = policy.unusedFor() == null
                        || entry.lastUsed().plus(policy.unusedFor()).isBefore(now);
                boolean enough = policy.keep() > 0 && kept <= policy.keep();
                if (!gone.contains(entry.id())
                        && old
                        && !enough
                        && policy.filter().test(entry)
                        && remove(entry)) {
                    gone.add(entry.id());
                    ids.add(entry.id());
                    size += entry.size();
                    kept -= entry.size();
                    progress = true;
                }
            }
        }
        return new Removed(ids, size);
    }

    private boolean remove(Entry entry) {
        return switch (entry.type()) {
            case MOUNT -> mounts.remove(entry.id());
            default -> entry.id().equals("files") ? removeFiles() : removeRecord(entry.id());
        };
    }

    /** A build that goes on may have read its context and not copied of it yet. */
    private boolean removeFiles() {
        if (busy.getAsBoolean()) {
            return false;
        }
        files.sizes().keySet().forEach(files::delete);
        return true;
    }

    private boolean removeRecord(String key) {
        List<CacheRecord> records =
                cache.all().stream().filter(record -> record.key().equals(key)).toList();
        List<String> chains =
                records.stream().flatMap(record -> record.chains().stream()).toList();
        if (!layers.isFree(chains)) {
            return false;
        }
        cache.remove(records);
        return !records.isEmpty();
    }
}
