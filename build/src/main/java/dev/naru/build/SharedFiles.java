package dev.naru.build;

import dev.naru.image.LayerFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
    private @Nullable Supplier<Map<Path, List<LayerFile>>> earlier;

    /** All that makes a file in a layer what it is, but for its names. */
    record Key(String content, long size, int permissions, long uid, long gid, long seconds, int nanos) {
        LayerFile at(String path) {
            return new LayerFile(path, content, size, permissions, uid, gid, seconds, nanos);
        }

        static Key of(LayerFile file) {
            return new Key(
                    file.content(),
                    file.size(),
                    file.permissions(),
                    file.uid(),
                    file.gid(),
                    file.seconds(),
                    file.nanos());
        }
    }

    /**
     * A file of a layer.
     *
     * @param directory the layer's
     * @param path relative to it, a byte string without links on the way
     */
    record Place(Path directory, String path) {}

    /** @param earlier the files of layers that earlier engines have made; read when one is looked for first */
    SharedFiles(Supplier<Map<Path, List<LayerFile>>> earlier) {
        this.earlier = earlier;
    }

    synchronized Optional<Place> find(Key key) {
        remember();
        return Optional.ofNullable(places.get(key));
    }

    synchronized void add(Key key, Place place) {
        places.put(key, place);
    }

    private void remember() {
        if (earlier == null) {
            return;
        }
        earlier.get()
                .forEach((directory, files) ->
                        files.forEach(file -> places.putIfAbsent(Key.of(file), new Place(directory, file.path()))));
        earlier = null;
    }
}
