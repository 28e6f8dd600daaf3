package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.linux.FileTree;
import dev.naru.linux.LinuxException;
import dev.naru.linux.UnrelatedTrees;
import dev.naru.oci.Mount;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Snapshots on overlayfs. Each has a directory with the upper and work directories and a symbolic link that says which
 * chain of layers it stands on; the link is made last, so that a snapshot without one was never finished.
 */
final class OverlaySnapshotter implements Snapshotter {
    static final String UPPER = "upper";
    static final String WORK = "work";

    private static final String CHAIN = "chain";
    private static final String NO_CHAIN = "none";
    /** What the link of a view begins with. */
    private static final String VIEW = "view:";

    private static final String GONE = ".gone-";
    private static final Pattern KEY = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}");

    private final Store store;
    private final LayerStore layers;
    private final Removals removals;
    private final Consumer<String> preparing;
    private final Consumer<String> released;
    private final Path root;
    private final Descriptor directory;
    private final Map<String, String> chains = new ConcurrentHashMap<>();
    private final Set<String> views = ConcurrentHashMap.newKeySet();
    private final Map<String, Boolean> initialized = new ConcurrentHashMap<>();

    /**
     * Opens the snapshots.
     *
     * @param preparing is told the chain that a snapshot is about to stand on
     * @param released is told the chain that no snapshot stands on any more
     */
    OverlaySnapshotter(
            Store store, LayerStore layers, Removals removals, Consumer<String> preparing, Consumer<String> released) {
        this.preparing = preparing;
        this.released = released;
        this.store = store;
        this.layers = layers;
        this.removals = removals;
        this.root = store.dataRoot().resolve("snapshots");
        if (root.toString().indexOf(',') >= 0) {
            throw NaruException.invalid("the data root " + store.dataRoot() + " has a comma in its path");
        }
        try {
            Files.createDirectories(
                    root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException failure) {
            throw Failures.of("cannot open the snapshots in " + root, failure);
        }
        UnrelatedTrees.spread(root);
        this.directory = Descriptor.open(root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
        recover();
    }

    private void recover() {
        try (var calls = new FileCalls()) {
            for (String key : calls.list(directory.number())) {
                String link = key + "/" + CHAIN;
                if (key.startsWith(GONE)
                        || calls.status(directory.number(), link).isEmpty()) {
                    removals.remove(root, FileCalls.text(key));
                } else {
                    String chain = calls.readLink(directory.number(), link);
                    if (chain.startsWith(VIEW)) {
                        views.add(FileCalls.text(key));
                        chain = chain.substring(VIEW.length());
                    }
                    chains.put(key, chain.equals(NO_CHAIN) ? "" : chain);
                }
            }
        }
    }

    @Override
    public String name() {
        return layers.format().driver();
    }

    /** The chains that snapshots stand on. */
    Set<String> chains() {
        return Set.copyOf(chains.values());
    }

    @Override
    public void prepare(String key, String chainId) {
        prepare(key, chainId, false);
    }

    @Override
    public void prepareView(String key, String chainId) {
        prepare(key, chainId, true);
    }

    private void prepare(String key, String chainId, boolean view) {
        if (!KEY.matcher(key).matches()) {
            throw NaruException.invalid("invalid snapshot key \"" + key + "\"");
        }
        preparing.accept(chainId);
        try (Lease lease = store.leases().open();
                var calls = new FileCalls()) {
            if (!chainId.isEmpty() && layers.pin(chainId, lease).isEmpty()) {
                throw layers.missing(chainId);
            }
            List<Path> below = layers.directories(chainId);
            ensureInitLayer(chainId, below);
            make(calls, key, (view ? VIEW : "") + (chainId.isEmpty() ? NO_CHAIN : chainId), below);
            chains.put(key, chainId);
            if (view) {
                views.add(key);
            }
        } catch (LinuxException failure) {
            throw Failures.of("cannot make snapshot " + key, failure);
        }
    }

    private void ensureInitLayer(String chainId, List<Path> below) {
        initialized.computeIfAbsent(chainId, chain -> {
            InitLayer.ensure(layers.root(), topDirectory(below), below);
            return true;
        });
    }

    private static String topDirectory(List<Path> below) {
        return below.isEmpty() ? "" : String.valueOf(below.getFirst().getFileName());
    }

    private void make(FileCalls calls, String key, String chain, List<Path> below) {
        int result = calls.mkdir(directory.number(), key, 0700);
        if (result == -Errno.EEXIST && !chains.containsKey(key)) {
            FileTree.remove(calls, directory.number(), key);
            result = calls.mkdir(directory.number(), key, 0700);
        }
        if (result == -Errno.EEXIST) {
            throw NaruException.conflict("snapshot " + key + " exists");
        }
        check("mkdirat", key, result);
        try (Descriptor at = calls.open(directory.number(), key, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            check("mkdirat", UPPER, calls.mkdir(at.number(), UPPER, 0755));
            check("mkdirat", WORK, calls.mkdir(at.number(), WORK, 0755));
            // The upper directory's attributes are those the container sees at "/".
            FileStatus rootStatus = calls.status(
                            Descriptor.CWD,
                            FileCalls.bytes(layers.root()
                                    .resolve(InitLayer.directory(topDirectory(below)))
                                    .toString()))
                    .orElseThrow(() -> layers.missing(chain));
            calls.chown(at.number(), UPPER, rootStatus.uid(), rootStatus.gid());
            // Docker's containers have a root that everybody may enter, whatever the directory was that an image was
            // packed from; images made from a private one are common, and only root could run anything in them.
            calls.chmod(at.number(), UPPER, rootStatus.permissions() | 0755);
            check("symlinkat", CHAIN, calls.symlink(chain, at.number(), CHAIN));
        } catch (LinuxException failure) {
            FileTree.remove(calls, directory.number(), key);
            throw failure;
        }
    }

    private static void check(String call, String name, int result) {
        if (result < 0) {
            throw new LinuxException(call, name, -result);
        }
    }

    /** When a snapshot was made, by the clock that its files' times are of. */
    Instant madeAt(FileCalls calls, String key) {
        String link = directory(key).resolve(CHAIN).toString();
        return calls.status(Descriptor.CWD, FileCalls.bytes(link))
                .map(status -> Instant.ofEpochSecond(status.modified(), status.nanos()))
                .orElse(Instant.MAX);
    }

    /** The chain a snapshot stands on. */
    String chainOf(String key) {
        String chain = chains.get(key);
        if (chain == null) {
            throw new NaruException(ErrorKind.NOT_FOUND, "snapshot " + key + " does not exist");
        }
        return chain;
    }

    /** The read-only directories below a snapshot, topmost first. */
    List<Path> lowerDirectories(String key) {
        String chain = chainOf(key);
        List<Path> below = layers.directories(chain);
        ensureInitLayer(chain, below);
        var all = new ArrayList<Path>();
        if (below.isEmpty() || !views.contains(key)) {
            all.add(layers.root().resolve(InitLayer.directory(topDirectory(below))));
        }
        all.addAll(below);
        return all;
    }

    Path directory(String key) {
        return root.resolve(key);
    }

    @Override
    public List<Mount> mounts(String key, boolean disposable) {
        List<Path> lower = lowerDirectories(key);
        forgetVolatile(key);
        var options = new ArrayList<String>();
        options.add("lowerdir="
                + String.join(
                        ":", lower.stream().map(OverlaySnapshotter::escaped).toList()));
        options.add("upperdir=" + directory(key).resolve(UPPER));
        options.add("workdir=" + directory(key).resolve(WORK));
        options.addAll(features(disposable));
        return List.of(new Mount("/", "overlay", "overlay", options));
    }

    /**
     * Changes are read from the upper directory, so renamed directories and changed metadata must be there in full,
     * whatever the kernel's defaults are.
     */
    static List<String> features(boolean disposable) {
        var features = new ArrayList<>(List.of("redirect_dir=off", "metacopy=off", "index=off"));
        if (disposable) {
            features.add("volatile");
        }
        return features;
    }

    /** A colon separates lower directories and a backslash escapes (overlayfs.rst, Multiple lower layers). */
    static String escaped(Path path) {
        return path.toString().replace("\\", "\\\\").replace(":", "\\:");
    }

    /** A volatile mount leaves a mark that keeps the next one from happening. Restarting such a container is fine. */
    void forgetVolatile(String key) {
        try (var calls = new FileCalls()) {
            String mark = key + "/" + WORK + "/work/incompat";
            if (calls.status(directory.number(), mark).isPresent()) {
                FileTree.remove(calls, directory.number(), mark);
            }
        } catch (LinuxException failure) {
            throw Failures.of("cannot mount snapshot " + key, failure);
        }
    }

    @Override
    public List<Change> changes(String key) {
        try (var calls = new FileCalls();
                var lower = new LowerLayers(calls, lowerDirectories(key))) {
            return new UpperChanges(calls, lower).of(directory(key).resolve(UPPER));
        } catch (LinuxException failure) {
            throw Failures.of("cannot compare snapshot " + key, failure);
        }
    }

    @Override
    public void diff(String key, OutputStream tar) {
        try (var calls = new FileCalls();
                var lower = new LowerLayers(calls, lowerDirectories(key))) {
            new LayerDiff(calls, lower, tar).write(directory(key).resolve(UPPER));
        } catch (LinuxException failure) {
            throw Failures.of("cannot read snapshot " + key, failure);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write the changes of " + key, failure);
        }
    }

    @Override
    public long usage(String key) {
        chainOf(key);
        try (var calls = new FileCalls();
                Descriptor upper = Descriptor.open(
                        directory(key).resolve(UPPER).toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            return FileTree.size(calls, upper.number());
        } catch (LinuxException failure) {
            throw Failures.of("cannot measure snapshot " + key, failure);
        }
    }

    @Override
    public long allocated(String key) {
        try (var calls = new FileCalls();
                Descriptor all =
                        Descriptor.open(directory(key).toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            return FileTree.allocated(calls, all.number());
        } catch (LinuxException failure) {
            if (failure.errno() == Errno.ENOENT) {
                return 0;
            }
            throw Failures.of("cannot measure snapshot " + key, failure);
        }
    }

    @Override
    public boolean exists(String key) {
        return chains.containsKey(key);
    }

    @Override
    public List<String> keys() {
        return chains.keySet().stream().sorted().toList();
    }

    @Override
    public void remove(String key) {
        if (!chains.containsKey(key)) {
            return;
        }
        String gone = GONE + Long.toHexString(ThreadLocalRandom.current().nextLong());
        try (var calls = new FileCalls()) {
            int result = calls.rename(directory.number(), key, directory.number(), gone, false);
            if (result < 0 && result != -Errno.ENOENT) {
                throw Failures.of("cannot remove snapshot " + key, new LinuxException("renameat2", key, -result));
            }
        }
        views.remove(key);
        String chain = chains.remove(key);
        removals.remove(root, gone);
        if (chain != null && !chains.containsValue(chain)) {
            initialized.remove(chain);
            released.accept(chain);
        }
    }

    @Override
    public Map<String, String> describe(String key) {
        var described = new LinkedHashMap<String, String>();
        described.put(
                "LowerDir",
                String.join(
                        ":", lowerDirectories(key).stream().map(Path::toString).toList()));
        described.put("MergedDir", directory(key).resolve("merged").toString());
        described.put("UpperDir", directory(key).resolve(UPPER).toString());
        described.put("WorkDir", directory(key).resolve(WORK).toString());
        return described;
    }

    @Override
    public Map<String, String> describeImage(String chainId) {
        var described = new LinkedHashMap<String, String>();
        List<String> below = layers.places(chainId).stream().map(Path::toString).toList();
        if (below.size() > 1) {
            described.put("LowerDir", String.join(":", below.subList(1, below.size())));
        }
        if (!below.isEmpty()) {
            described.put("UpperDir", below.getFirst());
        }
        return described;
    }

    @Override
    public <T> T withMounted(String key, MountedWork<T> work) {
        List<Path> lower = lowerDirectories(key);
        forgetVolatile(key);
        try (Descriptor mounted = PrivateMount.overlay(layers.root(), lower, directory(key))) {
            // With the dot it is a directory and not a link to one, also for calls that do not follow links.
            return work.run(Path.of(mounted.path() + "/."));
        } catch (LinuxException failure) {
            throw Failures.of("cannot mount snapshot " + key, failure);
        }
    }

    void close() {
        directory.close();
    }
}
