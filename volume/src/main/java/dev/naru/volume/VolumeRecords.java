package dev.naru.volume;

import static java.util.Objects.requireNonNull;

import dev.naru.store.Store;
import dev.naru.store.Transaction;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is written about volumes, a document for each, and who may change it. */
final class VolumeRecords {
    private final Store store;
    private final JsonType<StoredVolume> json = Jsonb.builder().build().type(StoredVolume.class);
    private final Map<String, StoredVolume> volumes = new ConcurrentHashMap<>();
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    VolumeRecords(Store store) {
        this.store = requireNonNull(store, "store");
        List<Transaction.Document> documents = store.database().read(in -> in.list(StoredVolume.KIND));
        documents.forEach(each -> volumes.put(each.id(), json.fromJson(each.body())));
    }

    @Nullable
    StoredVolume get(String name) {
        return volumes.get(name);
    }

    Collection<StoredVolume> all() {
        return List.copyOf(volumes.values());
    }

    boolean contains(String name) {
        return volumes.containsKey(name);
    }

    /** Does work on a volume, which nobody else changes meanwhile. */
    <T> T locked(String name, Supplier<T> work) {
        ReentrantLock lock = locks.computeIfAbsent(name, any -> new ReentrantLock());
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    void put(StoredVolume volume) {
        store.database().write(in -> {
            in.put(StoredVolume.KIND, volume.name(), json.toJsonBytes(volume));
            return true;
        });
        volumes.put(volume.name(), volume);
    }

    void forget(String name) {
        store.database().write(in -> in.delete(StoredVolume.KIND, name));
        volumes.remove(name);
    }
}
