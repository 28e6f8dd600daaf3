package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.BuiltLayers;
import dev.naru.json.LongTexts;
import dev.naru.store.Database;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Transaction;
import io.avaje.json.JsonException;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Which work has which result. What it says is durable; that a result was used is written when a build ends. */
final class BuildCache {
    static final String REGULAR = "regular";
    static final String ALIAS = "internal";

    private final Database database;
    private final BuiltLayers layers;
    private final JsonType<CacheRecord> json =
            Jsonb.builder().adapter(LongTexts.stream()).build().type(CacheRecord.class);
    private final Map<String, CacheRecord> records = new ConcurrentHashMap<>();
    private final Set<String> touched = ConcurrentHashMap.newKeySet();

    BuildCache(Database database, BuiltLayers layers) {
        this.database = database;
        this.layers = layers;
        for (Transaction.Document each : database.read(in -> in.list(CacheRecord.KIND))) {
            try {
                records.put(each.id(), json.fromJson(new String(each.body(), StandardCharsets.UTF_8)));
            } catch (JsonException damaged) {
                throw NaruException.because(ErrorKind.INTERNAL, "cannot read cache record " + each.id(), damaged);
            }
        }
    }

    static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000 + now.getNano();
    }

    /** The result of a work, kept while the lease lives; empty when there is none. */
    Optional<List<String>> find(String key, Lease lease) {
        CacheRecord record = records.get(key);
        if (record == null || !record.chains().stream().allMatch(chain -> layers.pin(chain, lease))) {
            return Optional.empty();
        }
        records.computeIfPresent(key, (same, known) -> known.used(now()));
        touched.add(key);
        return Optional.of(record.chains());
    }

    /** What a work by definition alone came to: the key by content. */
    Optional<String> alias(String key) {
        CacheRecord record = records.get(key);
        return record == null || !record.type().equals(ALIAS) ? Optional.empty() : Optional.of(record.description());
    }

    void alias(String key, String content) {
        var record = new CacheRecord(key, List.of(), ALIAS, content, now(), now(), 0);
        database.write(in -> {
            put(in, record);
            return true;
        });
        records.put(key, record);
    }

    /** Records a result that came from elsewhere. */
    void add(CacheRecord record) {
        database.write(in -> {
            put(in, record);
            return true;
        });
        records.put(record.key(), record);
    }

    /** The keys by definition that lead to a key by content. */
    List<String> aliases(String content) {
        return records.values().stream()
                .filter(record ->
                        record.type().equals(ALIAS) && record.description().equals(content))
                .map(CacheRecord::key)
                .toList();
    }

    private void put(Transaction in, CacheRecord record) {
        in.put(CacheRecord.KIND, record.key(), json.toJson(record).getBytes(StandardCharsets.UTF_8));
    }

    /** The change of documents that records a result; {@link #added} after it. */
    Consumer<Transaction> adding(CacheRecord record) {
        return in -> put(in, record);
    }

    void added(CacheRecord record) {
        records.put(record.key(), record);
    }

    /** Writes which results were used since the last time. A machine's death may take that: nothing is lost with it. */
    void flush() {
        var used = new HashMap<String, CacheRecord>();
        for (String key : Set.copyOf(touched)) {
            touched.remove(key);
            CacheRecord record = records.get(key);
            if (record != null) {
                used.put(key, record);
            }
        }
        if (!used.isEmpty()) {
            database.record(in -> {
                used.values().forEach(record -> put(in, record));
                return true;
            });
        }
    }

    List<CacheRecord> all() {
        return List.copyOf(records.values());
    }

    Optional<CacheRecord> record(String key) {
        return Optional.ofNullable(records.get(key));
    }

    /** Forgets results, with what leads to them, and lets go of their layers. */
    void remove(CacheRecord result) {
        List<CacheRecord> gone = new ArrayList<>(List.of(result));
        records.values().stream()
                .filter(record ->
                        record.type().equals(ALIAS) && record.description().equals(result.key()))
                .forEach(gone::add);
        gone.forEach(record -> records.remove(record.key()));
        database.write(in -> {
            gone.forEach(record -> in.delete(CacheRecord.KIND, record.key()));
            return true;
        });
        layers.remove(result.chains(), in -> {});
    }
}
