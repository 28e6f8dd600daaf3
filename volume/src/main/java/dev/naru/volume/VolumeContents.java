package dev.naru.volume;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.OwnerMap;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Fills volumes with data, which hold it whole afterwards or not at all. */
final class VolumeContents {
    private final VolumeRecords records;
    private final VolumeSearch search;
    private final VolumeMounts mounts;
    private final Drivers drivers;
    private final LocalDriver local;

    VolumeContents(VolumeRecords records, VolumeSearch search, VolumeMounts mounts, Drivers drivers) {
        this.records = requireNonNull(records, "records");
        this.search = requireNonNull(search, "search");
        this.mounts = requireNonNull(mounts, "mounts");
        this.drivers = requireNonNull(drivers, "drivers");
        this.local = drivers.local();
    }

    void copyUp(String name, Path from, String source, OwnerMap map) {
        records.locked(name, () -> {
            String holder = "copy:" + VolumeName.random();
            Path data = mounts.mount(search.stored(name), holder);
            try {
                VolumeFailure.guarded("cannot copy " + source + " to volume " + name, () -> {
                    if (VolumeFill.isEmpty(data) && VolumeFill.copy(from, source, data, map)) {
                        StoredVolume volume = search.stored(name);
                        if (volume.isLocal()) {
                            local.describe(volume);
                        }
                    }
                });
            } finally {
                mounts.unmount(name, holder);
            }
            return true;
        });
    }

    void replace(String name, boolean overwrite, Consumer<Path> fill) {
        records.locked(name, () -> {
            StoredVolume volume = search.stored(name);
            String holder = "restore:" + VolumeName.random();
            Path data = mounts.mount(volume, holder);
            try {
                VolumeFailure.guarded("cannot restore volume " + name, () -> {
                    if (!overwrite && !VolumeFill.isEmpty(data)) {
                        throw new NaruException(
                                ErrorKind.CONFLICT,
                                "cannot restore volume " + name,
                                "it has data",
                                "restore into a new volume, or replace the data");
                    }
                    if (drivers.of("restore", volume).mounts(volume)) {
                        inPlace(data, fill);
                    } else {
                        beside(volume, fill);
                    }
                });
            } finally {
                mounts.unmount(name, holder);
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
}
