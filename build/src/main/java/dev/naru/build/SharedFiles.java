package dev.naru.build;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Where large files of contexts lie in layers, so that another layer with the same file has it without a copy. */
final class SharedFiles {
    /** Smaller ones are written as fast as they are found. */
    static final long SMALLEST = 64 << 10;

    private static final int MOST = 1 << 16;

    private final Map<Key, Place> places = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Place> eldest) {
            return size() > MOST;
        }
    };

    /** All that makes a file in a layer what it is, but for its names. */
    record Key(String content, long size, int permissions, long uid, long gid, long seconds, int nanos) {}

    /**
     * A file of a layer.
     *
     * @param directory the layer's
     * @param path relative to it, a byte string without links on the way
     */
    record Place(Path directory, String path) {}

    synchronized Optional<Place> find(Key key) {
        return Optional.ofNullable(places.get(key));
    }

    synchronized void add(Key key, Place place) {
        places.put(key, place);
    }
}
