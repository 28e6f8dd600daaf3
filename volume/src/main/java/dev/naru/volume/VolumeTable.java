package dev.naru.volume;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.LinuxException;
import dev.naru.linux.OwnerMap;
import dev.naru.plugin.PluginDirectories;
import dev.naru.store.Finding;
import dev.naru.store.Store;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The volumes of an engine: a document for each, and the driver that has its data. */
public final class VolumeTable implements Volumes {
    /** As Docker's. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Drivers drivers;
    private final LocalDriver local;
    private final VolumeRecords records;
    private final VolumeMounts mounts;
    private final VolumeSearch search;
    private final VolumeContents contents;

    private VolumeTable(Store store, Drivers drivers) {
        this.drivers = requireNonNull(drivers, "drivers");
        this.local = drivers.local();
        local.open();
        this.records = new VolumeRecords(store);
        this.mounts = new VolumeMounts(records, drivers);
        this.search = new VolumeSearch(records, drivers, mounts);
        this.contents = new VolumeContents(records, search, mounts, drivers);
        records.all().forEach(this::settle);
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
        if (!volume.isLocal() || local.isWhole(volume)) {
            return;
        }
        if (volume.users().isEmpty()) {
            local.remove(volume);
            records.forget(volume.name());
        } else {
            local.create(volume);
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
        return records.locked(actual, () -> {
            StoredVolume known = records.get(actual);
            if (known != null && !known.unmade()) {
                requireDriver(known, driver);
                return search.volume(known);
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
        records.put(planned);
        try {
            maker.create(planned);
        } catch (RuntimeException failure) {
            undo(maker, planned, failure);
            throw failure;
        }
        StoredVolume made = planned.unmade() ? planned.made() : planned;
        if (planned.unmade()) {
            records.put(made);
        }
        return search.volume(made);
    }

    private void undo(VolumeDriver maker, StoredVolume planned, RuntimeException failure) {
        try {
            if (planned.isLocal()) {
                maker.remove(planned);
            }
        } catch (NaruException | LinuxException second) {
            failure.addSuppressed(second);
        }
        records.forget(planned.name());
    }

    @Override
    public Volume get(String name) {
        return search.get(name);
    }

    @Override
    public Optional<Volume> find(String name) {
        return search.find(name);
    }

    @Override
    public List<Volume> list() {
        return search.list();
    }

    @Override
    public Listing listAll() {
        return search.listAll();
    }

    @Override
    public List<String> drivers() {
        return drivers.names();
    }

    @Override
    public void remove(String name, boolean force) {
        records.locked(name, () -> {
            StoredVolume volume;
            try {
                volume = search.stored(name);
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
            mounts.erase(volume, force);
            return true;
        });
    }

    /** Containers have ids for names; what ends by itself has others. */
    private static boolean isPassing(String holder) {
        return holder.contains(":");
    }

    @Override
    public void discard(String name, String containerId) {
        records.locked(name, () -> {
            StoredVolume volume = records.get(name);
            if (volume == null) {
                return false;
            }
            if (volume.users().stream().allMatch(containerId::equals)) {
                mounts.erase(volume, false);
            } else {
                release(name, containerId);
            }
            return true;
        });
    }

    @Override
    public void use(String name, String containerId) {
        records.locked(name, () -> {
            StoredVolume volume = search.stored(name);
            if (!volume.users().contains(containerId)) {
                var users = new ArrayList<>(volume.users());
                users.add(containerId);
                records.put(volume.withUsers(users));
            }
            return true;
        });
    }

    @Override
    public void release(String name, String containerId) {
        records.locked(name, () -> {
            StoredVolume volume = records.get(name);
            if (volume != null && volume.users().contains(containerId)) {
                records.put(volume.withUsers(volume.users().stream()
                        .filter(user -> !user.equals(containerId))
                        .toList()));
            }
            return true;
        });
    }

    @Override
    public List<String> users(String name) {
        StoredVolume volume = records.get(name);
        return volume == null ? List.of() : volume.users();
    }

    @Override
    public Path mount(String name, String holder) {
        return records.locked(name, () -> mounts.mount(search.stored(name), holder));
    }

    @Override
    public void unmount(String name, String holder) {
        mounts.unmount(name, holder);
    }

    @Override
    public void reconcile(Predicate<String> alive) {
        mounts.reconcile(alive);
    }

    @Override
    public void copyUp(String name, Path from, String source, OwnerMap map) {
        contents.copyUp(name, from, source, map);
    }

    @Override
    public void replace(String name, boolean overwrite, Consumer<Path> fill) {
        contents.replace(name, overwrite, fill);
    }

    @Override
    public FileChannel spool() {
        return local.spool();
    }

    @Override
    public List<Finding> check(boolean repair) {
        var findings = new ArrayList<Finding>();
        Set<String> directories = Set.copyOf(local.directories());
        for (StoredVolume volume : records.all()) {
            if (volume.isLocal() && !directories.contains(volume.name())) {
                findings.add(new Finding("volume " + volume.name(), "its directory is missing", repair));
                if (repair) {
                    local.create(volume);
                }
            }
        }
        for (String name : directories) {
            if (!records.contains(name)) {
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
        StoredVolume volume = records.get(name);
        if (volume == null || !volume.isLocal()) {
            return -1;
        }
        return local.usage(volume);
    }
}
