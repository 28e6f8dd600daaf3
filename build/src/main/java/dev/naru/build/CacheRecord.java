package dev.naru.build;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * A result that is known, as a document; its id is the key of the work.
 *
 * @param chains the chain of layers of each output
 * @param description what made it
 * @param created nanoseconds since 1970
 * @param lastUsed nanoseconds since 1970
 * @param uses how often it was found
 */
@Json
record CacheRecord(
        String key, List<String> chains, String type, String description, long created, long lastUsed, int uses) {
    static final String KIND = "build-cache";

    CacheRecord {
        chains = List.copyOf(chains);
    }

    CacheRecord used(long now) {
        return new CacheRecord(key, chains, type, description, created, now, uses + 1);
    }
}
