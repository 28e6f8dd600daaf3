package dev.naru.image;

import dev.naru.store.RunningDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Hashes of what layers begin with, so that the next layer which begins alike is hashed from there; the latest used. */
final class HashStates {
    private static final int MOST = 256;

    private final Map<String, State> states = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, State> eldest) {
            return size() > MOST;
        }
    };

    /**
     * A hash that nothing is added to.
     *
     * @param size bytes that were
     */
    record State(RunningDigest hash, long size) {}

    /** @param key a digest of all that the hash has had */
    synchronized Optional<State> find(String key) {
        return Optional.ofNullable(states.get(key));
    }

    synchronized void put(String key, State state) {
        states.put(key, state);
    }
}
