package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.volume.Volumes;
import dev.naru.wire.Volume;
import dev.naru.wire.VolumeCreateOptions;
import dev.naru.wire.VolumeListResponse;
import dev.naru.wire.VolumePruneResponse;
import dev.naru.wire.VolumeUsageData;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The volumes of an engine as its clients see them. */
final class VolumeCatalog implements VolumeService {
    private static final Set<String> LIST_FILTERS = Set.of("dangling", "driver", "label", "name");
    private static final Set<String> PRUNE_FILTERS = Set.of("label", "label!", "all");
    private final Volumes volumes;
    private final VolumeArchive archive;
    private final EventSink events;

    VolumeCatalog(Volumes volumes, VolumeArchive archive, EventSink events) {
        this.archive = requireNonNull(archive, "archive");
        this.volumes = requireNonNull(volumes, "volumes");
        this.events = requireNonNull(events, "events");
    }

    @Override
    public VolumeListResponse list(Filters filters) {
        filters.requireKnown(LIST_FILTERS);
        boolean dangling = FilterValues.truth(filters, "dangling", false);
        Volumes.Listing all = volumes.listAll();
        List<Volume> shown = all.volumes().stream()
                .filter(volume -> filters.any("name", name -> volume.name().contains(name)))
                .filter(volume ->
                        filters.any("driver", driver -> volume.driver().equals(driver)))
                .filter(volume -> filters.matchesLabels("label", volume.labels()))
                .filter(volume -> !filters.contains("dangling")
                        || dangling == volumes.users(volume.name()).isEmpty())
                .map(volume -> view(volume, null))
                .toList();
        return new VolumeListResponse(shown, all.warnings().isEmpty() ? null : all.warnings());
    }

    /** The volumes whose size is known, with it and how many containers use them: as Docker, not those of a server. */
    List<Volume> measured() {
        var measured = new ArrayList<Volume>();
        for (Volumes.Volume volume : volumes.list()) {
            long size = volumes.usage(volume.name());
            if (size >= 0) {
                long users = volumes.users(volume.name()).size();
                measured.add(view(volume, new VolumeUsageData(size, users)));
            }
        }
        return measured;
    }

    @Override
    public Volume create(VolumeCreateOptions request) {
        if (request.clusterVolumeSpec() != null) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED, "cannot create a cluster volume", "there is no cluster", null);
        }
        String name = Values.text(request.name());
        String driver = Values.text(request.driver());
        boolean fresh = name.isEmpty() || volumes.find(name).isEmpty();
        Volumes.Volume made = volumes.create(
                name.isEmpty() ? null : name,
                driver.isEmpty() ? "local" : driver,
                Values.map(request.driverOpts()),
                Values.map(request.labels()));
        if (fresh) {
            publish("create", made);
        }
        return view(made, null);
    }

    @Override
    public Volume inspect(String name) {
        return view(volumes.get(name), null);
    }

    @Override
    public void remove(String name, boolean force) {
        Optional<Volumes.Volume> volume = volumes.find(name);
        volumes.remove(name, force);
        volume.ifPresent(removed -> publish("destroy", removed));
    }

    @Override
    public Backup backup(String name, boolean freeze) {
        return archive.backup(name, freeze);
    }

    @Override
    public void restore(String name, InputStream tar, boolean replace) {
        archive.restore(name, tar, replace);
    }

    @Override
    public VolumePruneResponse prune(Filters filters) {
        filters.requireKnown(PRUNE_FILTERS);
        boolean all = FilterValues.truth(filters, "all", false);
        List<String> removed = new ArrayList<>();
        long reclaimed = 0;
        for (Volumes.Volume volume : volumes.list()) {
            boolean wanted = (all || volume.anonymous())
                    && filters.matchesLabels("label", volume.labels())
                    && FilterValues.lacksLabels(filters, volume.labels())
                    && volumes.users(volume.name()).isEmpty();
            if (wanted) {
                long size = volumes.usage(volume.name());
                if (removed(volume)) {
                    removed.add(volume.name());
                    reclaimed += Math.max(0, size);
                }
            }
        }
        events.publish("volume", "prune", "", Map.of("reclaimed", Long.toString(reclaimed)));
        return new VolumePruneResponse(removed, reclaimed);
    }

    /** False when somebody began to use it, or was faster. */
    private boolean removed(Volumes.Volume volume) {
        try {
            volumes.remove(volume.name(), false);
            publish("destroy", volume);
            return true;
        } catch (NaruException e) {
            if (e.kind() == ErrorKind.CONFLICT || e.kind() == ErrorKind.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private void publish(String action, Volumes.Volume volume) {
        events.publish("volume", action, volume.name(), Map.of("driver", volume.driver()));
    }

    private static Volume view(Volumes.Volume volume, @Nullable VolumeUsageData usage) {
        Map<String, String> labels = volume.labels();
        return new Volume(
                volume.name(),
                volume.driver(),
                volume.mountpoint().toString(),
                java.time.format.DateTimeFormatter.ISO_INSTANT.format(
                        volume.createdAt().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)),
                volume.status().isEmpty() ? null : volume.status(),
                labels.isEmpty() ? null : labels,
                volume.scope(),
                null,
                volume.options().isEmpty() ? null : volume.options(),
                usage);
    }
}
