package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileTree;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Syscall;
import dev.naru.oci.Digest;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import dev.naru.store.Transaction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Layers that builds made, before any image has them. Such a layer is the upper directory of the step that made it, as
 * it is: it gets a digest when an image is made of it. Its chain has a name that the builder gives, {@link #chain}. It
 * stays, with all below it, until {@link #remove}.
 */
public final class BuiltLayers {
    private static final String PREFIX = "build:";
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;

    private final Store store;
    private final LayerStore layers;
    private final OverlaySnapshotter snapshots;
    private final LayerRegister register;
    private final DiskShares shares;
    private final LayerFiles files;

    /** Changes the documents of layers, one change at a time. */
    interface LayerRegister {
        void add(List<StoredLayer> added, Consumer<Transaction> with);

        void drop(List<StoredLayer> unneeded, Consumer<Transaction> with);
    }

    BuiltLayers(
            Store store,
            LayerStore layers,
            OverlaySnapshotter snapshots,
            LayerRegister register,
            DiskShares shares,
            LayerFiles files) {
        this.store = store;
        this.layers = layers;
        this.snapshots = snapshots;
        this.register = register;
        this.shares = shares;
        this.files = files;
    }

    /** The name of a chain whose topmost layer was made by the work with this key, 64 hexadecimal digits. */
    public static String chain(String key) {
        return PREFIX + key;
    }

    static boolean isBuilt(String chainId) {
        return chainId.startsWith(PREFIX);
    }

    /** Whether the chain is there in whole; if so it stays while the lease lives. */
    public boolean pin(String chain, Lease lease) {
        return chain.isEmpty() || layers.pin(chain, lease).isPresent();
    }

    /** Bytes of the topmost layer's files; empty when it is not there. */
    public Optional<Long> size(String chain) {
        return layers.find(chain).map(StoredLayer::size);
    }

    /** What the topmost layer takes of the disk; empty when it is not there. */
    public Optional<DiskPart> part(String chain) {
        return shares.built(chain);
    }

    /** The chain below the topmost layer. */
    public String parent(String chain) {
        return found(chain).parent();
    }

    private StoredLayer found(String chain) {
        return layers.find(chain).orElseThrow(() -> layers.missing(chain));
    }

    /**
     * Makes what a snapshot changed a layer on the chain that it stands on, and removes the snapshot. Nothing may be
     * using it any more.
     *
     * @param newest the time of all files that were made since the snapshot was, and of those that would be later
     * @param known files whose contents' digests the caller knows; they are not read again
     * @param with other changes of documents in the same transaction
     */
    public void take(
            String snapshot, String chain, LatestTime newest, List<LayerFile> known, Consumer<Transaction> with) {
        String parent = snapshots.chainOf(snapshot);
        Path upper = snapshots.directory(snapshot).resolve(OverlaySnapshotter.UPPER);
        try (Lease lease = store.leases().open();
                var calls = new FileCalls()) {
            layers.pin(parent, lease);
            long size;
            try (Descriptor top = Descriptor.open(upper.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                new UpperTimes(calls, newest, snapshots.madeAt(calls, snapshot), Instant.now()).clamp(top.number());
                size = FileTree.size(calls, top.number());
            }
            String name = layers.newDirectory(lease);
            Path directory = layers.root().resolve(name);
            int result = calls.rename(
                    Descriptor.CWD,
                    FileCalls.bytes(upper.toString()),
                    Descriptor.CWD,
                    FileCalls.bytes(directory.toString()),
                    true);
            if (result < 0) {
                layers.discard(name);
                throw new LinuxException("renameat2", upper.toString(), -result);
            }
            register.add(List.of(new StoredLayer(chain, "", parent, name, size, BootId.current(), null)), in -> {
                LayerFiles.put(in, name, known);
                with.accept(in);
            });
        } catch (LinuxException failure) {
            throw Failures.of("cannot keep the layer of a step", failure);
        }
        snapshots.remove(snapshot);
    }

    /**
     * Puts the layers of a chain above a lower one on top of another chain, sharing their files.
     *
     * @param base what they are put on
     * @param from the chain they are taken from
     * @param below where to stop: a chain that {@code from} stands on, empty for all of it
     * @return the new chain's name, always the same for the same chains
     */
    public String stack(String base, String from, String below, Lease lease) {
        var above = new ArrayList<StoredLayer>();
        for (String at = from; !at.equals(below); ) {
            if (at.isEmpty()) {
                throw NaruException.invalid("cannot compare file trees: one does not stand on the other");
            }
            StoredLayer layer = found(at);
            above.add(layer);
            at = layer.parent();
        }
        String chain = base;
        var added = new ArrayList<StoredLayer>();
        for (StoredLayer layer : above.reversed()) {
            String name = stacked(chain, layer.chainId());
            if (layers.pin(name, lease).isEmpty()) {
                added.add(new StoredLayer(
                        name, "", chain, layer.directory(), layer.size(), layer.unsafeSince(), layer.format()));
            }
            chain = name;
        }
        if (!added.isEmpty()) {
            register.add(added, in -> {});
            layers.pin(chain, lease);
        }
        return chain;
    }

    /** The name of a chain with another one's topmost layer put on it. */
    public static String stacked(String base, String chain) {
        return chain(Digest.of((base + "\n" + chain).getBytes(StandardCharsets.UTF_8))
                .hex());
    }

    /** Whether a chain stands on another one. */
    public boolean standsOn(String chain, String below) {
        for (String at = chain; !at.equals(below); at = found(at).parent()) {
            if (at.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Mounts a snapshot where only the descriptor knows it, without what containers see besides ({@code /dev} and so
     * on). Closing it unmounts.
     */
    public Descriptor mount(String snapshot) {
        List<Path> lower = layers.directories(snapshots.chainOf(snapshot));
        Path directory = snapshots.directory(snapshot);
        try {
            if (lower.isEmpty()) {
                return Descriptor.open(
                        directory.resolve(OverlaySnapshotter.UPPER).toString(),
                        Descriptor.O_RDONLY | Descriptor.O_DIRECTORY,
                        0);
            }
            snapshots.forgetVolatile(snapshot);
            return PrivateMount.overlay(layers.root(), lower, directory, true);
        } catch (LinuxException failure) {
            throw Failures.of("cannot mount snapshot " + snapshot, failure);
        }
    }

    /** Some of a layer's files have become another layer's too (hard links); by the layer's directory. */
    public void sharing(Path directory) {
        shares.forget(String.valueOf(directory.getFileName()));
    }

    /** The files of layers whose contents were known when they were taken, by the layers' directories. */
    public Map<Path, List<LayerFile>> files() {
        return files.all(layers.root());
    }

    /** Whether a snapshot stands on no layer: its upper directory is all of it then. */
    public boolean isAlone(String snapshot) {
        return snapshots.chainOf(snapshot).isEmpty();
    }

    /** The options of an overlay that shows a snapshot as {@link #mount} does, for a launch that mounts it next. */
    public List<String> overlayOf(String snapshot) {
        List<Path> lower = layers.directories(snapshots.chainOf(snapshot));
        snapshots.forgetVolatile(snapshot);
        Path directory = snapshots.directory(snapshot);
        var options = new ArrayList<>(List.of(
                "lowerdir="
                        + lower.stream()
                                .map(OverlaySnapshotter::escaped)
                                .collect(java.util.stream.Collectors.joining(":")),
                "upperdir=" + directory.resolve(OverlaySnapshotter.UPPER),
                "workdir=" + directory.resolve(OverlaySnapshotter.WORK)));
        options.addAll(OverlaySnapshotter.features(false));
        return options;
    }

    /**
     * Shows a snapshot on the host, for a container that is about to bind it.
     *
     * @param mountPoint a directory that exists
     * @return where it is: the mount point, to be unmounted in the end, or a directory of the snapshot itself
     */
    public Path show(String snapshot, Path mountPoint) {
        if (snapshots.chainOf(snapshot).isEmpty()) {
            return upper(snapshot);
        }
        try (Descriptor mounted = mount(snapshot);
                Arena arena = Arena.ofConfined()) {
            Syscall.MOVE_MOUNT.call(
                    mountPoint.toString(),
                    mounted.number(),
                    arena.allocateFrom("").address(),
                    Descriptor.CWD,
                    arena.allocateFrom(mountPoint.toString()).address(),
                    MOVE_MOUNT_F_EMPTY_PATH);
        } catch (LinuxException failure) {
            throw Failures.of("cannot mount snapshot " + snapshot, failure);
        }
        return mountPoint;
    }

    /**
     * Unpacks a layer's tar, compressed or not, as what a snapshot changes; reads all of it.
     *
     * @param snapshot one that nothing was changed in
     */
    public void unpack(String snapshot, InputStream blob) throws IOException {
        Descriptor target =
                Descriptor.open(upper(snapshot).toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
        try (var extractor = new LayerExtractor(target, true);
                var plain = Compression.plain(new StreamChannel(blob));
                var tar = new TarReader(plain)) {
            extractor.extract(tar);
            tar.drain();
            // Its end tells whether it was what it should be.
            blob.transferTo(OutputStream.nullOutputStream());
        } catch (LinuxException failure) {
            throw Failures.of("cannot unpack a layer", failure);
        }
    }

    /** Where a snapshot's changes are. */
    public Path upper(String snapshot) {
        return snapshots.directory(snapshot).resolve(OverlaySnapshotter.UPPER);
    }

    /**
     * Whether a directory in a snapshot's changes says nothing that the layers below do not say too, but for its time.
     *
     * @param path a byte string relative to the root
     */
    public boolean isUntouched(String snapshot, String path) {
        try (var calls = new FileCalls();
                var below = new LowerLayers(calls, layers.directories(snapshots.chainOf(snapshot)));
                Descriptor top =
                        Descriptor.open(upper(snapshot).toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            var mine = calls.status(top.number(), path);
            var lower = below.find(path);
            return mine.isPresent()
                    && lower.isPresent()
                    && mine.get().isDirectory()
                    && mine.get().mode() == lower.get().status().mode()
                    && mine.get().uid() == lower.get().status().uid()
                    && mine.get().gid() == lower.get().status().gid()
                    && !LowerLayers.isOpaque(calls, top.number(), path);
        }
    }

    /** Whether nothing stands on these chains but each other, and no lease or snapshot holds them. */
    public boolean isFree(Collection<String> chains) {
        for (String chain : chains) {
            boolean used = store.leases().isHeld(chain)
                    || snapshots.chains().contains(chain)
                    || layers.all().stream()
                            .anyMatch(layer -> layer.parent().equals(chain) && !chains.contains(layer.chainId()));
            if (used) {
                return false;
            }
        }
        return true;
    }

    /** Mount options that show a chain read-only at a mount point, without what containers see besides. */
    public List<String> overlay(String chain) {
        List<String> lower = layers.directories(chain).stream()
                .map(OverlaySnapshotter::escaped)
                .toList();
        return List.of("lowerdir=" + String.join(":", lower));
    }

    /** The directories of a chain, topmost first. */
    public List<Path> directories(String chain) {
        return layers.directories(chain);
    }

    /** Lets go of chains; those that something uses stay. Answers the ones that are gone. */
    public List<String> remove(Collection<String> chains, Consumer<Transaction> with) {
        List<StoredLayer> known = chains.stream()
                .filter(BuiltLayers::isBuilt)
                .flatMap(chain -> layers.find(chain).stream())
                .toList();
        register.drop(known, with);
        return known.stream()
                .map(StoredLayer::chainId)
                .filter(chain -> layers.find(chain).isEmpty())
                .toList();
    }

    /** All chains that builds made. */
    public List<String> all() {
        return layers.all().stream()
                .map(StoredLayer::chainId)
                .filter(BuiltLayers::isBuilt)
                .toList();
    }

    /** The layers that builds made and that may not have reached the disk when the machine died, and those above. */
    static List<StoredLayer> lost(List<StoredLayer> all, String boot) {
        var lost = new LinkedHashSet<StoredLayer>();
        int before;
        do {
            before = lost.size();
            for (StoredLayer layer : all) {
                boolean doubtful = layer.unsafeSince() != null && !boot.equals(layer.unsafeSince());
                boolean above = lost.stream().anyMatch(below -> below.chainId().equals(layer.parent()));
                if (isBuilt(layer.chainId()) && (doubtful || above)) {
                    lost.add(layer);
                }
            }
        } while (lost.size() > before);
        return List.copyOf(lost);
    }
}
