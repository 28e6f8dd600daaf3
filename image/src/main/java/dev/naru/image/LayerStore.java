package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Syscall;
import dev.naru.linux.UnrelatedTrees;
import dev.naru.oci.ChainId;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import dev.naru.store.Transaction;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * The extracted layers, each in a directory of its own that overlayfs takes as a lower one. The directories' names are
 * short, so that 128 of them fit in the one page that mount(2) takes.
 */
final class LayerStore implements AutoCloseable {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int NAME_LENGTH = 5;

    private final Store store;
    private final Path root;
    private final Removals removals;
    private final LayerFormat format;
    private final LayerMounts mounts;
    private final LayerUnpacker unpacker;
    private final Map<String, StoredLayer> layers = new ConcurrentHashMap<>();

    /**
     * Opens the layers.
     *
     * @param format of new ones; those of another are used as well
     * @param limits of what a blob may become
     * @throws NaruException NOT_SUPPORTED when the kernel cannot mount such layers
     */
    LayerStore(Store store, Removals removals, LayerFormat format, UnpackLimits limits) {
        this.store = store;
        this.root = store.dataRoot().resolve("overlay");
        this.removals = removals;
        this.format = format;
        try {
            Files.createDirectories(
                    root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException failure) {
            throw Failures.of("cannot open the layers in " + root, failure);
        }
        UnrelatedTrees.spread(root);
        this.mounts = new LayerMounts(root);
        this.unpacker = new LayerUnpacker(store.blobs(), root, mounts, format, limits);
        if (format == LayerFormat.EROFS) {
            mounts.way();
        }
        List<Transaction.Document> documents = store.database().read(in -> in.list(StoredLayer.KIND));
        for (Transaction.Document each : documents) {
            StoredLayer layer = ImageJson.read(StoredLayer.class, each.body(), "layer " + each.id());
            layers.put(layer.chainId(), layer);
        }
        orphans().forEach(this::discard);
    }

    /** Directories that no layer has: what a process left that died. */
    List<String> orphans() {
        var known = new HashSet<String>();
        layers.values().forEach(layer -> {
            known.add(layer.directory());
            known.add(layer.directory() + LayerMounts.SUFFIX);
            known.add(InitLayer.directory(layer.directory()));
        });
        known.add(InitLayer.directory(""));
        var orphans = new ArrayList<String>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path each : entries) {
                String name = each.getFileName().toString();
                if (!known.contains(name)) {
                    orphans.add(name);
                }
            }
        } catch (IOException failure) {
            throw Failures.of("cannot list the layers in " + root, failure);
        }
        return orphans;
    }

    Path root() {
        return root;
    }

    Optional<StoredLayer> find(String chainId) {
        return Optional.ofNullable(layers.get(chainId));
    }

    List<StoredLayer> all() {
        return List.copyOf(layers.values());
    }

    boolean hasDiff(String diffId) {
        return layers.values().stream().anyMatch(layer -> layer.diffId().equals(diffId));
    }

    /** Where the layers of a chain are, topmost first, without mounting those that are images. */
    List<Path> places(String chainId) {
        return chain(chainId).stream()
                .map(layer -> root.resolve(layer.directory()))
                .toList();
    }

    /** The directories of a chain, topmost first. */
    List<Path> directories(String chainId) {
        return directories(layers, chainId);
    }

    /** The directories of a chain of these layers, topmost first, mounted where they are images. */
    List<Path> directories(Map<String, StoredLayer> known, String chainId) {
        var directories = new ArrayList<Path>();
        for (StoredLayer layer : StoredLayer.stack(known, chainId)) {
            if (layer.isImage()) {
                mounts.ensure(layer.directory());
            }
            directories.add(root.resolve(layer.directory()));
        }
        return directories;
    }

    /** The layers of a chain, topmost first; empty when one of them is missing. */
    List<StoredLayer> chain(String chainId) {
        var chain = new ArrayList<StoredLayer>();
        for (String at = chainId; !at.isEmpty(); ) {
            StoredLayer layer = layers.get(at);
            if (layer == null) {
                return List.of();
            }
            chain.add(layer);
            at = layer.parent();
        }
        return chain;
    }

    /**
     * Puts a layer that was unpacked again in the place of one that nothing uses.
     *
     * @return whether that was so
     */
    boolean exchange(StoredLayer layer, ExtractedLayer extracted, Supplier<Set<String>> snapshotChains) {
        unpacker.inherit(extracted, layer.parent().isEmpty() ? List.of() : directories(layer.parent()));
        sync();
        synchronized (this) {
            Set<String> used = new HashSet<>();
            snapshotChains.get().forEach(chain -> addChain(used, chain));
            if (used.contains(layer.chainId()) || store.leases().isHeld(layer.chainId())) {
                return false;
            }
            StoredLayer again = layer.in(extracted, BootId.current()).safe();
            if (!layers.replace(layer.chainId(), layer, again)) {
                return false;
            }
            store.database().write(in -> {
                put(in, again);
                LayerFiles.delete(in, layer.directory());
                return true;
            });
        }
        discard(List.of(layer));
        return true;
    }

    /** The format of new layers. */
    LayerFormat format() {
        return format;
    }

    /** Whether a layer's files are where its document says. */
    boolean isThere(StoredLayer layer) {
        return layer.isImage()
                ? Files.isRegularFile(mounts.file(layer.directory()))
                : Files.isDirectory(root.resolve(layer.directory()));
    }

    /** Unpacks a blob, compressed or not, as a new layer. */
    ExtractedLayer extract(String blob, Lease lease) {
        return extract(blob, () -> store.blobs().open(blob), lease);
    }

    /** Unpacks a blob that is on its way. */
    ExtractedLayer extract(String blob, LayerUnpacker.Source source, Lease lease) {
        String directory = newDirectory(lease);
        try {
            return unpacker.unpack(blob, source, directory);
        } catch (IOException failure) {
            discard(directory);
            throw Failures.reading(failure);
        } catch (LinuxException failure) {
            discard(directory);
            throw Failures.of("cannot extract a layer", failure);
        } catch (RuntimeException | Error failure) {
            discard(directory);
            throw failure;
        }
    }

    String newDirectory(Lease lease) {
        try (var calls = new FileCalls();
                var parent = Descriptor.open(root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            while (true) {
                String name = randomName();
                lease.hold(node(name));
                int result = calls.mkdir(parent.number(), name, 0755);
                if (result == 0) {
                    // Whatever the process's umask is.
                    calls.chmod(parent.number(), name, 0755);
                    return name;
                }
                if (result != -Errno.EEXIST) {
                    throw new LinuxException("mkdirat", root.resolve(name).toString(), -result);
                }
            }
        } catch (LinuxException failure) {
            throw Failures.of("cannot make a layer", failure);
        }
    }

    /** What leases call a directory. */
    static String node(String directory) {
        return "layer:" + directory;
    }

    private static String randomName() {
        var name = new StringBuilder();
        for (int i = 0; i < NAME_LENGTH; i++) {
            name.append(ALPHABET.charAt(ThreadLocalRandom.current().nextInt(ALPHABET.length())));
        }
        return name.toString();
    }

    /** Gives an extracted layer its place on a chain; it is not there before {@link #added}. */
    StoredLayer place(ExtractedLayer extracted, String parent, List<Path> below) {
        unpacker.inherit(extracted, below);
        return new StoredLayer(
                ChainId.on(parent, extracted.diffId()),
                extracted.diffId(),
                parent,
                extracted.directory(),
                extracted.size(),
                BootId.current(),
                extracted.format());
    }

    /** Makes everything that was extracted durable. */
    void sync() {
        try (var directory = Descriptor.open(root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            Syscall.SYNCFS.call(root.toString(), directory.number());
        } catch (LinuxException failure) {
            throw Failures.of("cannot write layers", failure);
        }
    }

    /** Replaces layers with the same ones described otherwise, those that are still there. */
    synchronized void replace(List<StoredLayer> others) {
        others.forEach(layer -> layers.replace(layer.chainId(), layer));
    }

    static void put(Transaction in, StoredLayer layer) {
        in.put(StoredLayer.KIND, layer.chainId(), ImageJson.write(layer));
    }

    /** Those that nobody else has unpacked meanwhile; the others' files go, for theirs are in use. */
    List<StoredLayer> onlyNew(List<StoredLayer> made) {
        var added = new ArrayList<StoredLayer>();
        for (StoredLayer layer : made) {
            if (layers.containsKey(layer.chainId())) {
                discard(List.of(layer));
            } else {
                added.add(layer);
            }
        }
        return added;
    }

    /** The transaction with these is durable. */
    void added(List<StoredLayer> added) {
        added.forEach(layer -> layers.put(layer.chainId(), layer));
    }

    /** Finds a layer and keeps it and those below while the lease lives. */
    synchronized Optional<StoredLayer> pin(String chainId, Lease lease) {
        lease.hold(chainId);
        for (String at = chainId; !at.isEmpty(); ) {
            StoredLayer layer = layers.get(at);
            if (layer == null) {
                return Optional.empty();
            }
            lease.hold(at);
            at = layer.parent();
        }
        return find(chainId);
    }

    /**
     * Takes out those of the layers that nothing has pinned, and no snapshot uses.
     *
     * @return the ones taken out
     */
    synchronized List<StoredLayer> detach(List<StoredLayer> unneeded, Supplier<Set<String>> snapshotChains) {
        Set<String> used = new HashSet<>();
        snapshotChains.get().forEach(chain -> addChain(used, chain));
        var gone = new ArrayList<StoredLayer>();
        for (StoredLayer layer : unneeded) {
            if (!used.contains(layer.chainId()) && !store.leases().isHeld(layer.chainId())) {
                layers.remove(layer.chainId());
                gone.add(layer);
            }
        }
        return gone;
    }

    /** Adds the chain and those below it. */
    void addChain(Set<String> chains, String chainId) {
        for (String at = chainId; !at.isEmpty() && chains.add(at); ) {
            at = find(at).map(StoredLayer::parent).orElse("");
        }
    }

    /** Whether some layer's files are in a directory: an image's layer and that of its build share one. */
    boolean isUsed(String directory) {
        return layers.values().stream().anyMatch(layer -> layer.directory().equals(directory));
    }

    /** The transaction without these is durable. */
    void discard(List<StoredLayer> gone) {
        for (StoredLayer layer : gone) {
            if (isUsed(layer.directory())) {
                continue;
            }
            discard(layer.directory());
            discard(InitLayer.directory(layer.directory()));
        }
    }

    /** Removes a layer's directory or image, or what is left of one. */
    void discard(String directory) {
        mounts.release(directory);
        removals.remove(root, directory);
        if (!directory.endsWith(LayerMounts.SUFFIX)) {
            removals.remove(root, directory + LayerMounts.SUFFIX);
        }
    }

    @Override
    public void close() {
        mounts.close();
    }

    NaruException missing(String chainId) {
        return new NaruException(
                ErrorKind.NOT_FOUND, "layer " + chainId + " is missing", "", "run naru system check --repair");
    }
}
