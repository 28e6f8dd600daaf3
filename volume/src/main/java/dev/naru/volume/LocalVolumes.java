package dev.naru.volume;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileTree;
import dev.naru.linux.LinuxException;
import dev.naru.linux.OwnerMap;
import dev.naru.linux.TreeCopy;
import dev.naru.store.Finding;
import dev.naru.store.Store;
import dev.naru.store.Transaction;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Volumes of the driver {@code local}: directories of the data root, or what their options mount there. */
public final class LocalVolumes implements Volumes {
    private static final String DATA = "_data";
    private static final String GONE = ".gone-";

    private final Store store;
    private final Path root;
    private final JsonType<StoredVolume> json = Jsonb.builder().build().type(StoredVolume.class);
    private final Map<String, StoredVolume> volumes = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> mounted = new ConcurrentHashMap<>();
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    private final OwnerMap owners;

    private LocalVolumes(Store store, OwnerMap owners) {
        this.store = store;
        this.owners = owners;
        this.root = store.dataRoot().resolve("volumes");
        VolumeFailure.guarded("cannot open the volumes in " + root, () -> {
            try (var calls = new FileCalls();
                    var parent = Descriptor.open(
                            store.dataRoot().toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                makeDirectory(calls, parent.number(), "volumes", 0701);
            }
            removeGone();
        });
        List<Transaction.Document> documents = store.database().read(in -> in.list(StoredVolume.KIND));
        documents.forEach(each -> volumes.put(each.id(), json.fromJson(each.body())));
        settle();
    }

    /** Opens the volumes in a store. */
    public static LocalVolumes open(Store store) {
        return open(store, OwnerMap.SAME);
    }

    /**
     * Opens the volumes in a store.
     *
     * @param owners new volumes belong to the root of the user namespace that this is the map of
     */
    public static LocalVolumes open(Store store, OwnerMap owners) {
        return new LocalVolumes(store, owners);
    }

    private void removeGone() {
        try (var calls = new FileCalls();
                Descriptor directory = openRoot()) {
            for (String name : calls.list(directory.number())) {
                if (name.startsWith(GONE)) {
                    FileTree.remove(calls, directory.number(), name);
                }
            }
        }
    }

    /** A death between a volume's document and its directory: nobody was told that it is there, or that it is still. */
    private void settle() {
        for (StoredVolume volume : List.copyOf(volumes.values())) {
            if (Files.exists(root.resolve(volume.name()))) {
                continue;
            }
            if (volume.users().isEmpty()) {
                store.database().write(in -> in.delete(StoredVolume.KIND, volume.name()));
                volumes.remove(volume.name());
            } else {
                makeDirectories(volume.name());
            }
        }
    }

    private Descriptor openRoot() {
        return Descriptor.open(root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
    }

    private <T> T locked(String name, java.util.function.Supplier<T> work) {
        ReentrantLock lock = locks.computeIfAbsent(name, any -> new ReentrantLock());
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Volume create(
            @Nullable String name, String driver, Map<String, String> options, Map<String, String> labels) {
        return create(name, driver, options, labels, List.of());
    }

    @Override
    public Volume createFor(
            String containerId, String driver, Map<String, String> options, Map<String, String> labels) {
        return create(null, driver, options, labels, List.of(containerId));
    }

    private Volume create(
            @Nullable String name,
            String driver,
            Map<String, String> options,
            Map<String, String> labels,
            List<String> users) {
        boolean anonymous = name == null || name.isEmpty();
        String actual = name == null || name.isEmpty() ? VolumeName.random() : name;
        VolumeName.check(actual);
        if (!driver.isEmpty() && !driver.equals("local")) {
            throw NaruException.notFound("create " + actual + ": error looking up volume plugin " + driver
                    + ": plugin \"" + driver + "\" not found");
        }
        if (VolumeMount.isWanted(options)) {
            VolumeMount.of(actual, options);
        }
        return locked(actual, () -> create(actual, options, labels, anonymous, users));
    }

    private Volume create(
            String name,
            Map<String, String> options,
            Map<String, String> labels,
            boolean anonymous,
            List<String> users) {
        StoredVolume known = volumes.get(name);
        if (known != null) {
            if (!options.isEmpty() && !options.equals(known.options())) {
                throw new NaruException(
                        ErrorKind.CONFLICT,
                        "create " + name,
                        "a volume of that name exists with other options",
                        "remove it or choose another name");
            }
            return volume(known);
        }
        String created = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        var made = new StoredVolume(name, "local", options, labels, created, anonymous, users);
        put(made);
        try {
            makeDirectories(name);
        } catch (RuntimeException failure) {
            volumes.remove(name);
            store.database().write(in -> in.delete(StoredVolume.KIND, name));
            throw failure;
        }
        return volume(made);
    }

    private void put(StoredVolume volume) {
        store.database().write(in -> {
            in.put(StoredVolume.KIND, volume.name(), json.toJsonBytes(volume));
            return true;
        });
        volumes.put(volume.name(), volume);
    }

    private void makeDirectories(String name) {
        VolumeFailure.guarded("cannot make volume " + name, () -> {
            try (var calls = new FileCalls();
                    Descriptor directory = openRoot()) {
                makeDirectory(calls, directory.number(), name, 0701);
                try (Descriptor own =
                        calls.open(directory.number(), name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                    if (makeDirectory(calls, own.number(), DATA, 0755)) {
                        calls.chown(own.number(), DATA, owners.userOutside(0), owners.groupOutside(0));
                    }
                }
            }
        });
    }

    private static boolean makeDirectory(FileCalls calls, int parent, String name, int mode) {
        int result = calls.mkdir(parent, name, mode);
        if (result == 0) {
            calls.chmod(parent, name, mode);
        } else if (result != -Errno.EEXIST) {
            throw new LinuxException("mkdirat", name, -result);
        }
        return result == 0;
    }

    private Volume volume(StoredVolume stored) {
        return new Volume(
                stored.name(),
                stored.driver(),
                data(stored.name()),
                stored.options(),
                stored.labels(),
                stored.created(),
                stored.anonymous());
    }

    private Path data(String name) {
        return root.resolve(name).resolve(DATA);
    }

    @Override
    public Volume get(String name) {
        return volume(stored(name));
    }

    private StoredVolume stored(String name) {
        StoredVolume volume = volumes.get(name);
        if (volume == null) {
            throw NaruException.notFound("get " + name + ": no such volume");
        }
        return volume;
    }

    @Override
    public Optional<Volume> find(String name) {
        return Optional.ofNullable(volumes.get(name)).map(this::volume);
    }

    @Override
    public List<Volume> list() {
        return volumes.values().stream()
                .sorted(Comparator.comparing(StoredVolume::name))
                .map(this::volume)
                .toList();
    }

    @Override
    public void remove(String name, boolean force) {
        locked(name, () -> {
            StoredVolume volume = volumes.get(name);
            if (volume == null) {
                if (force) {
                    return false;
                }
                throw NaruException.notFound("get " + name + ": no such volume");
            }
            if (!volume.users().isEmpty()) {
                throw NaruException.conflict(
                        "remove " + name + ": volume is in use - [" + String.join(", ", volume.users()) + "]");
            }
            erase(name);
            return true;
        });
    }

    @Override
    public void discard(String name, String containerId) {
        locked(name, () -> {
            StoredVolume volume = volumes.get(name);
            if (volume == null) {
                return false;
            }
            if (volume.users().stream().allMatch(containerId::equals)) {
                erase(name);
            } else {
                release(name, containerId);
            }
            return true;
        });
    }

    private void erase(String name) {
        VolumeFailure.guarded("cannot remove volume " + name, () -> Mounter.unmount(data(name)));
        String gone = setAside(name);
        store.database().write(in -> in.delete(StoredVolume.KIND, name));
        volumes.remove(name);
        mounted.remove(name);
        VolumeFailure.guarded("cannot remove volume " + name, () -> {
            try (var calls = new FileCalls();
                    Descriptor directory = openRoot()) {
                FileTree.remove(calls, directory.number(), gone);
            }
        });
    }

    /** Renamed first: whenever this process dies, the data is either all there or on its way out. */
    private String setAside(String name) {
        String gone = GONE + Long.toHexString(ThreadLocalRandom.current().nextLong());
        VolumeFailure.guarded("cannot remove volume " + name, () -> {
            try (var calls = new FileCalls();
                    Descriptor directory = openRoot()) {
                int result = calls.rename(directory.number(), name, directory.number(), gone, false);
                if (result < 0 && result != -Errno.ENOENT) {
                    throw new LinuxException("renameat2", name, -result);
                }
            }
        });
        return gone;
    }

    @Override
    public void use(String name, String containerId) {
        locked(name, () -> {
            StoredVolume volume = stored(name);
            if (!volume.users().contains(containerId)) {
                var users = new ArrayList<>(volume.users());
                users.add(containerId);
                put(volume.withUsers(users));
            }
            return true;
        });
    }

    @Override
    public void release(String name, String containerId) {
        locked(name, () -> {
            StoredVolume volume = volumes.get(name);
            if (volume != null && volume.users().contains(containerId)) {
                put(volume.withUsers(volume.users().stream()
                        .filter(user -> !user.equals(containerId))
                        .toList()));
            }
            return true;
        });
    }

    @Override
    public List<String> users(String name) {
        return stored(name).users();
    }

    @Override
    public Path mount(String name, String containerId) {
        return locked(name, () -> {
            StoredVolume volume = stored(name);
            makeDirectories(name);
            if (VolumeMount.isWanted(volume.options())) {
                VolumeFailure.guarded(
                        "cannot mount volume " + name,
                        () -> Mounter.mount(name, VolumeMount.of(name, volume.options()), data(name)));
            }
            mounted.computeIfAbsent(name, any -> new HashSet<>()).add(containerId);
            return data(name);
        });
    }

    @Override
    public void unmount(String name, String containerId) {
        locked(name, () -> {
            Set<String> users = mounted.get(name);
            StoredVolume volume = volumes.get(name);
            if (users == null || !users.remove(containerId) || !users.isEmpty() || volume == null) {
                return false;
            }
            mounted.remove(name);
            if (VolumeMount.isWanted(volume.options())) {
                VolumeFailure.guarded("cannot unmount volume " + name, () -> Mounter.unmount(data(name)));
            }
            return true;
        });
    }

    @Override
    public void copyUp(String name, Path from, String source, OwnerMap map) {
        locked(name, () -> {
            stored(name);
            VolumeFailure.guarded("cannot copy " + source + " to volume " + name, () -> copy(name, from, source, map));
            return true;
        });
    }

    private void copy(String name, Path from, String source, OwnerMap map) {
        try (var calls = new FileCalls();
                var base = Descriptor.open(from.toString(), Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0);
                var data = Descriptor.open(data(name).toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            if (!calls.list(data.number()).isEmpty()) {
                return;
            }
            int found = calls.openInRoot(
                    base.number(), FileCalls.bytes(source), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY);
            if (found == -Errno.ENOENT || found == -Errno.ENOTDIR) {
                return;
            }
            if (found < 0) {
                throw new LinuxException("openat2", source, -found);
            }
            try (var directory = new Descriptor(found)) {
                copy(calls, directory, data, map);
            }
        }
    }

    private static void copy(FileCalls calls, Descriptor from, Descriptor to, OwnerMap map) {
        try {
            TreeCopy.contents(calls, from.number(), to.number(), map);
        } catch (LinuxException failure) {
            // Half a copy would be taken for the volume's own data the next time.
            for (String each : calls.list(to.number())) {
                FileTree.remove(calls, to.number(), each);
            }
            throw failure;
        }
    }

    @Override
    public List<Finding> check(boolean repair) {
        var findings = new ArrayList<Finding>();
        Set<String> directories = new HashSet<>();
        try (var calls = new FileCalls();
                Descriptor directory = openRoot()) {
            calls.list(directory.number()).forEach(name -> directories.add(FileCalls.text(name)));
        }
        for (String name : volumes.keySet()) {
            if (!directories.contains(name)) {
                findings.add(new Finding("volume " + name, "its directory is missing", repair));
                if (repair) {
                    makeDirectories(name);
                }
            }
        }
        for (String name : directories) {
            if (!volumes.containsKey(name) && !name.startsWith(GONE)) {
                findings.add(new Finding("directory " + root.resolve(name), "no volume has it", repair));
                if (repair) {
                    create(name, "local", Map.of(), Map.of());
                }
            }
        }
        return findings;
    }

    @Override
    public long usage(String name) {
        stored(name);
        try (var calls = new FileCalls();
                var data = Descriptor.open(data(name).toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            return FileTree.size(calls, data.number());
        } catch (LinuxException failure) {
            if (failure.errno() == Errno.ENOENT) {
                return 0;
            }
            throw VolumeFailure.of("cannot measure volume " + name, failure);
        }
    }
}
