package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Snapshotter;
import dev.naru.wire.ContainerPruneResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Removes containers that do not run. */
final class ContainerPrune {
    private static final Set<String> FILTERS = Set.of("until", "label", "label!");
    private final ContainerRegistry registry;
    private final Snapshotter snapshotter;
    private final EventSink events;

    ContainerPrune(ContainerRegistry registry, Snapshotter snapshotter, EventSink events) {
        this.registry = requireNonNull(registry, "registry");
        this.snapshotter = requireNonNull(snapshotter, "snapshotter");
        this.events = requireNonNull(events, "events");
    }

    /** Selects by the filters and removes each through the service, which may find that it runs again by then. */
    ContainerPruneResponse prune(Filters filters, ContainerService containers) {
        filters.requireKnown(FILTERS);
        long until = FilterValues.until(filters);
        List<String> removed = new ArrayList<>();
        long reclaimed = 0;
        for (Container container : List.copyOf(registry.all())) {
            if (!selected(container, filters, until)) {
                continue;
            }
            long size = snapshotter.exists(container.id()) ? snapshotter.usage(container.id()) : 0;
            try {
                containers.remove(container.id(), false, false, false);
                removed.add(container.id());
                reclaimed += size;
            } catch (NaruException e) {
                if (e.kind() != ErrorKind.CONFLICT && e.kind() != ErrorKind.NOT_FOUND) {
                    throw e;
                }
                // Somebody started or removed it meanwhile.
            }
        }
        events.publish("container", "prune", "", Map.of("reclaimed", Long.toString(reclaimed)));
        return new ContainerPruneResponse(removed.isEmpty() ? null : removed, reclaimed);
    }

    private static boolean selected(Container container, Filters filters, long until) {
        Phase phase = container.status().phase();
        Map<String, String> labels = Values.map(container.record().config().labels());
        return (phase == Phase.CREATED || phase == Phase.EXITED || phase == Phase.DEAD)
                && container.record().created() < until
                && filters.matchesLabels("label", labels)
                && FilterValues.lacksLabels(filters, labels);
    }
}
