package dev.naru.build;

import dev.naru.image.BuiltLayers;
import dev.naru.image.DiskPart;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the builder keeps, and its removal by policy. */
public final class CacheUsage {
    private static final String FILES = "source.local";
    private static final String MOUNT = "exec.cachemount";
    private static final String CONTEXTS = "files";

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
     * @param size bytes that the disk has given to it
     * @param shared whether an image or another entry has it too, which counts it then
     */
    public record Entry(
            String id,
            List<String> parents,
            String type,
            String description,
            boolean used,
            long size,
            boolean shared,
            Instant created,
            Instant lastUsed,
            int uses) {
        public Entry {
            parents = List.copyOf(parents);
        }

        /** Whether steps change it. */
        public boolean isMutable() {
            return type.equals(MOUNT);
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
        var counted = new HashSet<String>();
        List<CacheRecord> records = cache.all();
        Map<String, String> idsOfChains = new HashMap<>();
        records.forEach(record -> record.chains().forEach(chain -> idsOfChains.put(chain, record.key())));
        for (CacheRecord record : records) {
            if (record.type().equals(BuildCache.ALIAS)) {
                continue;
            }
            List<DiskPart> parts = record.chains().stream()
                    .flatMap(chain -> layers.part(chain).stream())
                    .distinct()
                    .toList();
            boolean shared =
                    !parts.isEmpty() && parts.stream().allMatch(part -> part.shared() || counted.contains(part.name()));
            // Of one that is shared in part, the rest counts.
            long size = parts.stream()
                    .filter(part -> shared || !(part.shared() || counted.contains(part.name())))
                    .mapToLong(DiskPart::size)
                    .sum();
            parts.forEach(part -> counted.add(part.name()));
            List<String> parents = record.chains().stream()
                    .filter(chain -> layers.size(chain).isPresent())
                    .map(layers::parent)
                    .filter(parent -> parent.startsWith("build:"))
                    .map(idsOfChains::get)
                    .filter(Objects::nonNull)
                    .toList();
            entries.add(new Entry(
                    record.key(),
                    parents,
                    record.type(),
                    record.description(),
                    false,
                    size,
                    shared,
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
                    false,
                    kept.lastUsed(),
                    kept.lastUsed(),
                    0));
        }
        List<ContextFiles.Content> contents = files.all();
        if (!contents.isEmpty()) {
            entries.add(new Entry(
                    CONTEXTS,
                    List.of(),
                    FILES,
                    "files of build contexts",
                    busy.getAsBoolean(),
                    contents.stream().mapToLong(ContextFiles.Content::size).sum(),
                    false,
                    contents.getFirst().lastUsed(),
                    contents.getLast().lastUsed(),
                    0));
        }
        entries.sort(Comparator.comparing(Entry::lastUsed));
        return entries;
    }

    /** Removes what the policy says; what stands on something that stays, or what a build needs, stays too. */
    public Removed prune(Policy policy) {
        var pruning = new Pruning(policy, entries());
        pruning.run();
        return new Removed(pruning.ids, pruning.size);
    }

    private final class Pruning {
        private final Policy policy;
        private final Instant now = Instant.now();
        private final List<Entry> left;
        private final List<String> ids = new ArrayList<>();
        private long kept;
        private long size;

        Pruning(Policy policy, List<Entry> all) {
            this.policy = policy;
            this.kept = all.stream().mapToLong(Entry::size).sum();
            this.left = new ArrayList<>(all.stream()
                    .filter(policy.filter())
                    .filter(entry -> !entry.used())
                    .toList());
        }

        void run() {
            // Layers go from the top: removing one frees the one below for the next round.
            boolean progress = true;
            while (progress && !enough()) {
                progress = left.removeIf(this::goes);
            }
        }

        private boolean enough() {
            return policy.keep() > 0 && kept <= policy.keep();
        }

        private boolean old(Instant lastUsed) {
            return policy.unusedFor() == null
                    || lastUsed.plus(policy.unusedFor()).isBefore(now);
        }

        private boolean goes(Entry entry) {
            if (enough()) {
                return false;
            }
            if (entry.id().equals(CONTEXTS)) {
                return filesGo();
            }
            boolean gone = old(entry.lastUsed())
                    && (entry.type().equals(MOUNT) ? mounts.remove(entry.id()) : removeRecord(entry.id()));
            if (gone) {
                count(entry.id(), entry.size());
            }
            return gone;
        }

        private void count(String id, long bytes) {
            ids.add(id);
            size += bytes;
            kept -= bytes;
        }

        /** A build that goes on may have read its context and not copied of it yet. */
        private boolean filesGo() {
            if (busy.getAsBoolean()) {
                return false;
            }
            long bytes = 0;
            boolean any = false;
            for (ContextFiles.Content content : files.all()) {
                if (!old(content.lastUsed()) || (policy.keep() > 0 && kept - bytes <= policy.keep())) {
                    break;
                }
                files.delete(content.digest());
                bytes += content.size();
                any = true;
            }
            if (any) {
                count(CONTEXTS, bytes);
            }
            return any;
        }
    }

    private boolean removeRecord(String key) {
        CacheRecord record = cache.record(key).orElse(null);
        if (record == null || !layers.isFree(record.chains())) {
            return false;
        }
        cache.remove(record);
        return true;
    }
}
