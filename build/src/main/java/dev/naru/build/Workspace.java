package dev.naru.build;

import dev.naru.image.BuiltLayers;
import dev.naru.image.Snapshotter;
import dev.naru.linux.Descriptor;
import java.security.SecureRandom;
import java.util.HexFormat;

/** A snapshot that an operation works on; what becomes of it is decided once. */
final class Workspace implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Snapshotter snapshots;
    private final BuiltLayers layers;
    private final String key;
    private boolean open = true;

    private Workspace(Snapshotter snapshots, BuiltLayers layers, String key) {
        this.snapshots = snapshots;
        this.layers = layers;
        this.key = key;
    }

    /** Begins on a chain of layers. */
    static Workspace on(String chain, Snapshotter snapshots, BuiltLayers layers) {
        String key = id();
        snapshots.prepare(key, chain);
        return new Workspace(snapshots, layers, key);
    }

    /** An id as containers have it: leftovers of a dead engine are found by its form. */
    static String id() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    String key() {
        return key;
    }

    /** Its file system; to be closed before anything else is done with it. */
    Descriptor mount() {
        return layers.mount(key);
    }

    /** Makes a layer of it. */
    void take(String chain, long newest, java.util.function.Consumer<dev.naru.store.Transaction> with) {
        layers.take(key, chain, newest, with);
        open = false;
    }

    /** Removes it unless a layer was made of it. */
    @Override
    public void close() {
        if (open) {
            open = false;
            snapshots.remove(key);
        }
    }
}
