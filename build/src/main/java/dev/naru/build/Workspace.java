package dev.naru.build;

import dev.naru.image.BuiltLayers;
import dev.naru.image.LatestTime;
import dev.naru.image.LayerFile;
import dev.naru.image.Snapshotter;
import dev.naru.linux.Descriptor;
import dev.naru.store.Transaction;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

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
    void take(String chain, LatestTime newest, Consumer<Transaction> with) {
        take(chain, newest, List.of(), with);
    }

    /** Makes a layer of it, of which some files' contents are known. */
    void take(String chain, LatestTime newest, List<LayerFile> known, Consumer<Transaction> with) {
        layers.take(key, chain, newest, known, with);
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
