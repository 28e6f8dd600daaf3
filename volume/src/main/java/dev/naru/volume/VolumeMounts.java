package dev.naru.volume;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.linux.LinuxException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Where volumes are mounted, and for whom, until they are erased. What is done to one is for who holds its lock. */
final class VolumeMounts {
    private static final System.Logger LOG = System.getLogger("naru.volume");

    private final VolumeRecords records;
    private final Drivers drivers;
    private final LocalDriver local;
    /** Where volumes that were mounted here are. */
    private final Map<String, Path> mountpoints = new ConcurrentHashMap<>();

    VolumeMounts(VolumeRecords records, Drivers drivers) {
        this.records = requireNonNull(records, "records");
        this.drivers = requireNonNull(drivers, "drivers");
        this.local = drivers.local();
    }

    /** Where its data is, as far as it is known; else empty. */
    Path path(StoredVolume volume) {
        return volume.isLocal() ? local.path(volume) : mountpoints.getOrDefault(volume.name(), Path.of(""));
    }

    /** Removes a volume's data, and then what is written about it. */
    void erase(StoredVolume volume, boolean force) {
        try {
            drivers.of("remove", volume).remove(volume);
        } catch (NaruException failure) {
            if (!force || volume.isLocal()) {
                throw failure;
            }
            LOG.log(System.Logger.Level.WARNING, "volume " + volume.name() + " is forgotten", failure);
        }
        records.forget(volume.name());
        mountpoints.remove(volume.name());
    }

    Path mount(StoredVolume volume, String holder) {
        VolumeDriver driver = drivers.of("mount", volume);
        if (!driver.mounts(volume)) {
            return driver.mount(volume, holder);
        }
        if (volume.holders().contains(holder)) {
            return volume.isLocal()
                    ? driver.mount(volume, holder)
                    : mountpoints.computeIfAbsent(volume.name(), any -> driver.path(volume));
        }
        // Written first: a mount that nobody is known to need would stay for ever.
        StoredVolume held = volume.with(holder);
        records.put(held);
        try {
            Path mountpoint = driver.mount(held, holder);
            mountpoints.put(volume.name(), mountpoint);
            return mountpoint;
        } catch (RuntimeException failure) {
            records.put(volume);
            throw failure;
        }
    }

    void unmount(String name, String holder) {
        records.locked(name, () -> {
            StoredVolume volume = records.get(name);
            if (volume == null || !volume.holders().contains(holder)) {
                return false;
            }
            StoredVolume left = volume.without(holder);
            drivers.of("unmount", volume).unmount(volume, holder, left.holders().isEmpty());
            records.put(left);
            return true;
        });
    }

    void reconcile(Predicate<String> alive) {
        for (StoredVolume volume : records.all()) {
            if (volume.isLocal()) {
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
        records.locked(name, () -> {
            StoredVolume volume = records.get(name);
            if (volume == null || !local.mounts(volume)) {
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
                records.put(StoredVolumeBuilder.builder(volume)
                        .holders(holders.stream().sorted().toList())
                        .build());
            }
            return true;
        });
    }

    private void reconcilePlugin(StoredVolume volume, List<String> gone) {
        if (volume.unmade() && volume.users().isEmpty()) {
            records.locked(volume.name(), () -> {
                StoredVolume now = records.get(volume.name());
                if (now != null && now.unmade()) {
                    erase(now, true);
                }
                return true;
            });
            return;
        }
        gone.forEach(holder -> unmount(volume.name(), holder));
    }
}
