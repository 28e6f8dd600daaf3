package dev.naru.volume;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.volume.Volumes.Listing;
import dev.naru.volume.Volumes.Volume;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds volumes: those that are written down, and those that only a plug-in knows. */
final class VolumeSearch {
    private final VolumeRecords records;
    private final Drivers drivers;
    private final VolumeMounts mounts;

    VolumeSearch(VolumeRecords records, Drivers drivers, VolumeMounts mounts) {
        this.records = requireNonNull(records, "records");
        this.drivers = requireNonNull(drivers, "drivers");
        this.mounts = requireNonNull(mounts, "mounts");
    }

    Volume get(String name) {
        StoredVolume known = records.get(name);
        if (known != null && known.isLocal()) {
            return volume(known);
        }
        if (known == null) {
            return found(name).orElseThrow(() -> missing(name));
        }
        var plugin = (PluginDriver) drivers.of("get", known);
        return plugin.find(name).map(told -> described(plugin, known, told)).orElseThrow(() -> missing(name));
    }

    Optional<Volume> find(String name) {
        StoredVolume known = records.get(name);
        return known == null ? found(name) : Optional.of(volume(known));
    }

    List<Volume> list() {
        return records.all().stream()
                .sorted(Comparator.comparing(StoredVolume::name))
                .map(this::volume)
                .toList();
    }

    Listing listAll() {
        var all = new TreeMap<String, Volume>();
        list().forEach(volume -> all.put(volume.name(), volume));
        var warnings = new ArrayList<String>();
        for (PluginDriver plugin : drivers.plugins(warnings)) {
            try {
                for (PluginMessages.Known told : plugin.list()) {
                    String name = String.valueOf(told.name());
                    StoredVolume known = records.get(name);
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

    /** The document of a volume; one that only a plug-in knows gets one. */
    StoredVolume stored(String name) {
        StoredVolume volume = records.get(name);
        if (volume != null) {
            return volume;
        }
        PluginDriver plugin = drivers.having(name).orElseThrow(() -> missing(name));
        PluginMessages.Known told = plugin.find(name).orElseThrow(() -> missing(name));
        StoredVolume taken = foreign(plugin, told);
        records.put(taken);
        return taken;
    }

    Volume volume(StoredVolume stored) {
        return volume(stored, mounts.path(stored), VolumeDriver.LOCAL, Map.of());
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

    private Optional<Volume> found(String name) {
        return drivers.having(name)
                .flatMap(plugin -> plugin.find(name).map(told -> described(plugin, foreign(plugin, told), told)));
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
}
