package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.volume.Volumes;
import dev.naru.wire.HostConfig;
import dev.naru.wire.HostConfigBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Removes containers: the record first, then at leisure what belonged to it on disk. */
final class ContainerRemoval {
    private static final System.Logger LOG = System.getLogger("naru.engine");

    private final ContainerTable table;
    private final Volumes volumes;
    private final ContainerStop stop;
    private final Restarts restarts;
    private final Execs execs;
    private final Leftovers leftovers;

    ContainerRemoval(
            ContainerTable table,
            Volumes volumes,
            ContainerStop stop,
            Restarts restarts,
            Execs execs,
            Leftovers leftovers) {
        this.table = requireNonNull(table, "table");
        this.volumes = requireNonNull(volumes, "volumes");
        this.stop = requireNonNull(stop, "stop");
        this.restarts = requireNonNull(restarts, "restarts");
        this.execs = requireNonNull(execs, "execs");
        this.leftovers = requireNonNull(leftovers, "leftovers");
    }

    /** @throws NaruException CONFLICT with Docker's texts */
    void remove(Container container, String shown, boolean force, boolean withVolumes) {
        while (true) {
            container.lock().lock();
            try {
                if (container.status().phase() == Phase.RESTARTING && force) {
                    restarts.cancel(container, true);
                }
                if (!container.status().phase().alive() || !force) {
                    refuse(container, shown);
                    erase(container, withVolumes);
                    return;
                }
            } finally {
                container.lock().unlock();
            }
            stop.killForRemoval(container);
            if (table.find(container.id()).isEmpty()) {
                return; // It removed itself when it ended.
            }
        }
    }

    /**
     * Takes a link away by the name that it gives, {@code web/db}.
     *
     * @throws NaruException NOT_FOUND without it, INTERNAL with Docker's text for a container's own name
     */
    void unlink(String name) {
        String path = name.startsWith("/") ? name.substring(1) : name;
        int slash = path.indexOf('/');
        if (slash < 0) {
            table.get(name);
            throw new NaruException(
                    ErrorKind.INTERNAL, "Conflict, cannot remove the default link name of the container");
        }
        Container container = table.find(path.substring(0, slash))
                .orElseThrow(() -> NaruException.notFound("No such container: " + name));
        container.lock().lock();
        try {
            ContainerRecord record = container.record();
            List<String> links = Values.list(record.hostConfig().links());
            List<String> kept = links.stream()
                    .filter(link -> !Link.parse(link).alias().equals(path.substring(slash + 1)))
                    .toList();
            if (kept.size() == links.size()) {
                throw NaruException.notFound("No such container: " + name);
            }
            HostConfig host =
                    HostConfigBuilder.builder(record.hostConfig()).links(kept).build();
            table.change(
                    container,
                    ContainerRecordBuilder.builder(record).hostConfig(host).build());
        } finally {
            container.lock().unlock();
        }
    }

    private static void refuse(Container container, String shown) {
        String why =
                switch (container.status().phase()) {
                    case RUNNING -> "container is running: stop the container before removing or force remove";
                    case PAUSED -> "container is paused and must be unpaused first";
                    case RESTARTING -> "container is restarting: stop the container before removing or force remove";
                    case CREATED, STARTING, EXITED, REMOVING, DEAD -> "";
                };
        if (!why.isEmpty()) {
            throw new NaruException(ErrorKind.CONFLICT, "cannot remove container \"" + shown + "\"", why, null);
        }
    }

    /** Removes a container that was made to go when it ends. */
    void automatic(Container container) {
        container.lock().lock();
        try {
            if (!container.status().phase().alive()) {
                erase(container, true);
            }
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.ERROR, "container " + container.id() + " is not removed", failure);
        } finally {
            container.lock().unlock();
        }
    }

    private void erase(Container container, boolean withVolumes) {
        if (table.find(container.id()).isEmpty()) {
            throw NaruException.notFound("No such container: " + container.id());
        }
        List<ContainerMount> mounted = container.record().mounts().stream()
                .filter(ContainerMount::isVolume)
                .toList();
        var happenings = new ArrayList<Happening>();
        if (withVolumes && mounted.stream().anyMatch(ContainerMount::anonymous)) {
            // The wish to lose the volumes must outlive the engine once the first of them is gone.
            table.change(
                    container,
                    ContainerStatusBuilder.builder(container.status())
                            .phase(Phase.REMOVING)
                            .build(),
                    List.of());
            mounted.forEach(mount -> release(container, mount, mount.anonymous(), happenings));
        }
        if (!withVolumes || mounted.stream().noneMatch(ContainerMount::anonymous)) {
            // Before the record goes: a use that outlives its container means a creation that was never finished.
            mounted.forEach(mount -> release(container, mount, false, happenings));
        }
        int exitCode = container.status().exitCode();
        happenings.add(Happening.of(container.record(), "destroy"));
        try {
            table.erase(container, execs.allOf(container), happenings);
        } catch (RuntimeException failure) {
            mounted.forEach(mount -> keep(container, mount));
            throw failure;
        }
        container.held().forEach(HeldAttachment::abandon);
        container.held().clear();
        execs.forget(container);
        container.waits().removed(exitCode);
        leftovers.discard(container);
    }

    private void keep(Container container, ContainerMount mount) {
        try {
            volumes.use(mount.name(), container.id());
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "volume " + mount.name() + " of " + container.id(), failure);
        }
    }

    private void release(Container container, ContainerMount mount, boolean remove, List<Happening> happenings) {
        try {
            if (remove) {
                volumes.discard(mount.name(), container.id());
                if (volumes.find(mount.name()).isEmpty()) {
                    happenings.add(Happening.volume(mount, "destroy", Map.of()));
                }
            } else {
                volumes.release(mount.name(), container.id());
            }
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "volume " + mount.name() + " of " + container.id(), failure);
        }
    }
}
