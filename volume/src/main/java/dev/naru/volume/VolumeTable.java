package dev.naru.volume;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.LinuxException;
import dev.naru.linux.OwnerMap;
import dev.naru.plugin.PluginDirectories;
import dev.naru.store.Finding;
import dev.naru.store.Store;
import dev.naru.store.Transaction;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The volumes of an engine: a document for each, and the driver that has its data. */
public final class VolumeTable implements Volumes {
    private static final System.Logger LOG = System.getLogger("naru.volume");
    /** As Docker's. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Store store;
    private final Drivers drivers;
    private final LocalDriver local;
    private final JsonType<StoredVolume> json = Jsonb.builder().build().type(StoredVolume.class);
    private final Map<String, StoredVolume> volumes = new ConcurrentHashMap<>();
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    /** Where volumes that were mounted here are. */
    private final Map<String, Path> mountpoints = new ConcurrentHashMap<>();

    private VolumeTable(Store store, Drivers drivers) {
        this.store = requireNonNull(store, "store");
        this.drivers = requireNonNull(drivers, "drivers");
        this.local = drivers.local();
        local.open();
        List<Transaction.Document> documents = store.database().read(in -> in.list(StoredVolume.KIND));
        documents.forEach(each -> volumes.put(each.id(), json.fromJson(each.body())));
        List.copyOf(volumes.values()).forEach(this::settle);
    }

    /** Opens the volumes in a store. */
    public static VolumeTable open(Store store) {
        return open(store, OwnerMap.SAME);
    }

    /**
     * Opens the volumes in a store.
     *
     * @param owners new volumes belong to the root of the user namespace that this is the map of
     */
    public static VolumeTable open(Store store, OwnerMap owners) {
        return open(store, owners, PluginDirectories.STANDARD, PATIENCE);
    }

    /**
     * Opens the volumes in a store.
     *
     * @param plugins where plug-ins are looked for
     * @param patience how long one that can't be reached is tried again
     */
    public static VolumeTable open(Store store, OwnerMap owners, PluginDirectories plugins, Duration patience) {
        var local = new LocalDriver(store.dataRoot().resolve("volumes"), owners);
        return new VolumeTable(store, new Drivers(local, plugins, patience));
    }

    /** A death between a volume's document and its data: nobody was told that it is there, or that it is still. */
    private void settle(StoredVolume volume) {
        if (!isLocal(volume) || local.isWhole(volume)) {
            return;
        }
        if (volume.users().isEmpty()) {
            local.remove(volume);
            forget(volume.name());
        } else {
            local.create(volume);
        }
    }

    private static boolean isLocal(StoredVolume volume) {
        return volume.driver().equals(VolumeDriver.LOCAL);
    }

    private VolumeDriver driver(String operation, StoredVolume volume) {
        return drivers.get(operation + " " + volume.name(), volume.driver());
    }

    private <T> T locked(String name, Supplier<T> work) {
        ReentrantLock lock = locks.computeIfAbsent(name, any -> new ReentrantLock());
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private void put(StoredVolume volume) {
        store.database().write(in -> {
            in.put(StoredVolume.KIND, volume.name(), json.toJsonBytes(volume));
            return true;
        });
        volumes.put(volume.name(), volume);
    }

    private void forget(String name) {
        store.database().write(in -> in.delete(StoredVolume.KIND, name));
        volumes.remove(name);
        mountpoints.remove(name);
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
        return locked(actual, () -> {
            StoredVolume known = volumes.get(actual);
            if (known != null && !known.unmade()) {
                requireDriver(known, driver);
                return volume(known);
            }
            VolumeDriver maker = drivers.get("create " + actual, driver);
            String created = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
            return make(
                    maker,
                    maker.plan(new StoredVolume(
                            actual, maker.name(), options, labels, created, anonymous, users, List.of(), null, false)));
        });
    }

    private static void requireDriver(StoredVolume known, String driver) {
        if (!driver.isEmpty() && !driver.equals(known.driver())) {
            throw new NaruException(
                    ErrorKind.CONFLICT,
                    "create " + known.name(),
                    "a volume named " + known.name() + " already exists with the " + known.driver()
                            + " driver: choose a different volume name",
                    null);
        }
    }

    private Volume make(VolumeDriver maker, StoredVolume planned) {
        put(planned);
        try {
            maker.create(planned);
        } catch (RuntimeException failure) {
            undo(maker, planned, failure);
            throw failure;
        }
        StoredVolume made = planned.unmade() ? planned.made() : planned;
        if (planned.unmade()) {
            put(made);
        }
        return volume(made);
    }

    private void undo(VolumeDriver maker, StoredVolume planned, RuntimeException failure) {
        try {
            if (isLocal(planned)) {
                maker.remove(planned);
            }
        } catch (NaruException | LinuxException second) {
            failure.addSuppressed(second);
        }
        forget(planned.name());
    }

    private Volume volume(StoredVolume stored) {
        return volume(
                stored,
                isLocal(stored) ? local.path(stored) : mountpoints.getOrDefault(stored.name(), Path.of("")),
                VolumeDriver.LOCAL,
                Map.of());
    }

    private static Volume volume(StoredVolume stored, Path mountpoint, String scope, Map<String, Object> status) {
        return new Volume(
                stored.name(),
                stored.driver(),
                mountpoint,
                stored.options(),
                stored.labels(),
                stored.created(),
                stored.anonymous(),
                scope,
                status);
    }

    @Override
    public Volume get(String name) {
        StoredVolume known = volumes.get(name);
        if (known != null && isLocal(known)) {
            return volume(known);
        }
        if (known == null) {
            return found(name).orElseThrow(() -> missing(name));
        }
        var plugin = (PluginDriver) driver("get", known);
        return plugin.find(name).map(told -> described(plugin, known, told)).orElseThrow(() -> missing(name));
    }

    private static NaruException missing(String name) {
        return NaruException.notFound("get " + name + ": no such volume");
    }

    private static Volume described(PluginDriver plugin, StoredVolume stored, PluginMessages.Known told) {
        String path = told.mountpoint();
        Map<String, Object> status = new HashMap<>();
        if (told.status() != null) {
            told.status().forEach((key, value) -> {
                if (value != null) {
                    status.put(key, value);
                }
            });
        }
        return volume(stored, Path.of(path == null ? "" : path), plugin.scope(), status);
    }

    /** A volume that only its plug-in knows. */
    private static StoredVolume foreign(PluginDriver plugin, PluginMessages.Known told) {
        return new StoredVolume(
                String.valueOf(told.name()),
                plugin.name(),
                Map.of(),
                Map.of(),
                time(told.createdAt()),
                false,
                List.of(),
                List.of(),
                null,
                false);
    }

    private static String time(@Nullable String text) {
        try {
            return text == null || text.isEmpty()
                    ? Instant.EPOCH.toString()
                    : Instant.parse(text).toString();
        } catch (DateTimeParseException other) {
            return Instant.EPOCH.toString();
        }
    }

    private Optional<Volume> found(String name) {
        return drivers.having(name)
                .flatMap(plugin -> plugin.find(name).map(told -> described(plugin, foreign(plugin, told), told)));
    }

    /** The document of a volume; one that only a plug-in knows gets one. */
    private StoredVolume stored(String name) {
        StoredVolume volume = volumes.get(name);
        if (volume != null) {
            return volume;
        }
        PluginDriver plugin = drivers.having(name).orElseThrow(() -> missing(name));
        PluginMessages.Known told = plugin.find(name).orElseThrow(() -> missing(name));
        StoredVolume taken = foreign(plugin, told);
        put(taken);
        return taken;
    }

    @Override
    public Optional<Volume> find(String name) {
        StoredVolume known = volumes.get(name);
        return known == null ? found(name) : Optional.of(volume(known));
    }

    @Override
    public List<Volume> list() {
        return volumes.values().stream()
                .sorted(Comparator.comparing(StoredVolume::name))
                .map(this::volume)
                .toList();
    }

    @Override
    public Listing listAll() {
        var all = new TreeMap<String, Volume>();
        list().forEach(volume -> all.put(volume.name(), volume));
        var warnings = new ArrayList<String>();
        for (PluginDriver plugin : drivers.plugins(warnings)) {
            try {
                for (PluginMessages.Known told : plugin.list()) {
                    String name = String.valueOf(told.name());
                    StoredVolume known = volumes.get(name);
                    if (known == null || known.driver().equals(plugin.name())) {
                        all.put(name, described(plugin, known == null ? foreign(plugin, told) : known, told));
                    }
                }
            } catch (NaruException failure) {
                warnings.add(String.valueOf(failure.getMessage()));
            }
        }
        return new Listing(List.copyOf(all.values()), warnings);
    }

    @Override
    public List<String> drivers() {
        return drivers.names();
    }

    @Override
    public void remove(String name, boolean force) {
        locked(name, () -> {
            StoredVolume volume;
            try {
                volume = stored(name);
            } catch (NaruException failure) {
                if (force && failure.kind() == ErrorKind.NOT_FOUND) {
                    return false;
                }
                throw failure;
            }
            if (!volume.users().isEmpty()) {
                throw NaruException.conflict(
                        "remove " + name + ": volume is in use - [" + String.join(", ", volume.users()) + "]");
            }
            if (volume.holders().stream().anyMatch(VolumeTable::isPassing)) {
                throw new NaruException(
                        ErrorKind.CONFLICT,
                        "remove " + name,
                        "volume is in use by a copy or a backup",
                        "try again when it has ended");
            }
            erase(volume, force);
            return true;
        });
    }

    /** Containers have ids for names; what ends by itself has others. */
    private static boolean isPassing(String holder) {
        return holder.contains(":");
    }

    @Override
    public void discard(String name, String containerId) {
        locked(name, () -> {
            StoredVolume volume = volumes.get(name);
            if (volume == null) {
                return false;
            }
            if (volume.users().stream().allMatch(containerId::equals)) {
                erase(volume, false);
            } else {
                release(name, containerId);
            }
            return true;
        });
    }

    private void erase(StoredVolume volume, boolean force) {
        try {
            driver("remove", volume).remove(volume);
        } catch (NaruException failure) {
            if (!force || isLocal(volume)) {
                throw failure;
            }
            LOG.log(System.Logger.Level.WARNING, "volume " + volume.name() + " is forgotten", failure);
        }
        forget(volume.name());
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
        StoredVolume volume = volumes.get(name);
        return volume == null ? List.of() : volume.users();
    }

    @Override
    public Path mount(String name, String holder) {
        return locked(name, () -> mount(stored(name), holder));
    }

    private Path mount(StoredVolume volume, String holder) {
        VolumeDriver driver = driver("mount", volume);
        if (!driver.mounts(volume)) {
            return driver.mount(volume, holder);
        }
        if (volume.holders().contains(holder)) {
            return isLocal(volume)
                    ? driver.mount(volume, holder)
                    : mountpoints.computeIfAbsent(volume.name(), any -> driver.path(volume));
        }
        // Written first: a mount that nobody is known to need would stay for ever.
        StoredVolume held = volume.with(holder);
        put(held);
        try {
            Path mountpoint = driver.mount(held, holder);
            mountpoints.put(volume.name(), mountpoint);
            return mountpoint;
        } catch (RuntimeException failure) {
            put(volume);
            throw failure;
        }
    }

    @Override
    public void unmount(String name, String holder) {
        locked(name, () -> {
            StoredVolume volume = volumes.get(name);
            if (volume == null || !volume.holders().contains(holder)) {
                return false;
            }
            StoredVolume left = volume.without(holder);
            driver("unmount", volume).unmount(volume, holder, left.holders().isEmpty());
            put(left);
            return true;
        });
    }

    @Override
    public void reconcile(Predicate<String> alive) {
        for (StoredVolume volume : List.copyOf(volumes.values())) {
            if (isLocal(volume)) {
                guarded(volume, () -> reconcileLocal(volume.name(), alive));
            } else if (volume.unmade() || !volume.holders().stream().allMatch(alive)) {
                // A plug-in may not have started yet: nobody waits for it here.
                List<String> gone = volume.holders().stream()
                        .filter(holder -> !alive.test(holder))
                        .toList();
                Thread.ofVirtual()
                        .name("naru-volume-" + volume.name())
                        .start(() -> guarded(volume, () -> reconcilePlugin(volume, gone)));
            }
        }
    }

    private static void guarded(StoredVolume volume, Runnable work) {
        try {
            work.run();
        } catch (NaruException | LinuxException failure) {
            LOG.log(System.Logger.Level.WARNING, "an earlier engine's mounts of volume " + volume.name(), failure);
        }
    }

    private void reconcileLocal(String name, Predicate<String> alive) {
        locked(name, () -> {
            StoredVolume volume = stored(name);
            if (!local.mounts(volume)) {
                return false;
            }
            // A container that runs has what it uses, whatever the engine before has written.
            Set<String> holders = new HashSet<>(volume.holders());
            holders.addAll(volume.users());
            holders.removeIf(holder -> !alive.test(holder));
            if (holders.isEmpty()) {
                local.unmount(volume, "", true);
            }
            if (!holders.equals(Set.copyOf(volume.holders()))) {
                put(StoredVolumeBuilder.builder(volume)
                        .holders(holders.stream().sorted().toList())
                        .build());
            }
            return true;
        });
    }

    private void reconcilePlugin(StoredVolume volume, List<String> gone) {
        if (volume.unmade() && volume.users().isEmpty()) {
            locked(volume.name(), () -> {
                StoredVolume now = volumes.get(volume.name());
                if (now != null && now.unmade()) {
                    erase(now, true);
                }
                return true;
            });
            return;
        }
        gone.forEach(holder -> unmount(volume.name(), holder));
    }

    @Override
    public void copyUp(String name, Path from, String source, OwnerMap map) {
        locked(name, () -> {
            String holder = "copy:" + VolumeName.random();
            Path data = mount(stored(name), holder);
            try {
                VolumeFailure.guarded("cannot copy " + source + " to volume " + name, () -> {
                    if (VolumeFill.isEmpty(data) && VolumeFill.copy(from, source, data, map)) {
                        StoredVolume volume = stored(name);
                        if (isLocal(volume)) {
                            local.describe(volume);
                        }
                    }
                });
            } finally {
                unmount(name, holder);
            }
            return true;
        });
    }

    @Override
    public void replace(String name, boolean overwrite, Consumer<Path> fill) {
        locked(name, () -> {
            StoredVolume volume = stored(name);
            String holder = "restore:" + VolumeName.random();
            Path data = mount(volume, holder);
            try {
                VolumeFailure.guarded("cannot restore volume " + name, () -> {
                    if (!overwrite && !VolumeFill.isEmpty(data)) {
                        throw new NaruException(
                                ErrorKind.CONFLICT,
                                "cannot restore volume " + name,
                                "it has data",
                                "restore into a new volume, or replace the data");
                    }
                    if (driver("restore", volume).mounts(volume)) {
                        inPlace(data, fill);
                    } else {
                        beside(volume, fill);
                    }
                });
            } finally {
                unmount(name, holder);
            }
            return true;
        });
    }

    private static void inPlace(Path data, Consumer<Path> fill) {
        VolumeFill.clear(data);
        try {
            fill.accept(data);
        } catch (RuntimeException failure) {
            VolumeFill.clear(data);
            throw failure;
        }
    }

    private void beside(StoredVolume volume, Consumer<Path> fill) {
        try {
            fill.accept(local.next(volume));
            local.exchange(volume);
        } finally {
            local.discardNext(volume);
        }
    }

    @Override
    public FileChannel spool() {
        return local.spool();
    }

    @Override
    public List<Finding> check(boolean repair) {
        var findings = new ArrayList<Finding>();
        Set<String> directories = Set.copyOf(local.directories());
        for (StoredVolume volume : volumes.values()) {
            if (isLocal(volume) && !directories.contains(volume.name())) {
                findings.add(new Finding("volume " + volume.name(), "its directory is missing", repair));
                if (repair) {
                    local.create(volume);
                }
            }
        }
        for (String name : directories) {
            if (!volumes.containsKey(name)) {
                findings.add(new Finding("directory " + name + " of the volumes", "no volume has it", repair));
                if (repair) {
                    create(name, VolumeDriver.LOCAL, Map.of(), Map.of());
                }
            }
        }
        return findings;
    }

    @Override
    public long usage(String name) {
        StoredVolume volume = volumes.get(name);
        if (volume == null || !isLocal(volume)) {
            return -1;
        }
        return local.usage(volume);
    }
}
