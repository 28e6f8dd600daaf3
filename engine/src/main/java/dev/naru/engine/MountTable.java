package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.image.Images;
import dev.naru.linux.OwnerMap;
import dev.naru.volume.Volumes;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.HostConfig;
import dev.naru.wire.MountRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gathers the mounts of a new container from all that name some: other containers, {@code -v}, {@code --mount} and the
 * image. Volumes are made, and marked as used by the container, by {@link #claim}.
 */
final class MountTable {
    private final Images images;
    private final Volumes volumes;
    private final ContainerRegistry containers;
    private final Map<String, ContainerMount> byDestination = new LinkedHashMap<>();
    private final Map<String, MountOption.VolumeWish> wishes = new HashMap<>();
    private final List<Happening> made = new ArrayList<>();

    MountTable(Images images, Volumes volumes, ContainerRegistry containers) {
        this.images = requireNonNull(images, "images");
        this.volumes = requireNonNull(volumes, "volumes");
        this.containers = requireNonNull(containers, "containers");
    }

    /**
     * Gathers them, without making anything.
     *
     * @throws NaruException INVALID with Docker's text
     */
    void collect(ContainerConfig config, HostConfig host) {
        String driver = Values.text(host.volumeDriver()).isEmpty() ? "local" : Values.text(host.volumeDriver());
        for (String from : Values.list(host.volumesFrom())) {
            inherit(from);
        }
        Set<String> named = new HashSet<>();
        for (String bind : Values.list(host.binds())) {
            ContainerMount mount = BindSpec.parse(bind, driver);
            unique(named, mount.destination());
            byDestination.put(mount.destination(), mount);
        }
        Values.map(host.tmpfs()).forEach((destination, options) -> {
            unique(named, MountPaths.destination(destination));
            TmpfsOptions.parse(options);
            byDestination.remove(MountPaths.clean(destination));
        });
        for (MountRequest request : Values.list(host.mounts())) {
            ContainerMount mount = MountOption.parse(request);
            unique(named, mount.destination());
            if (mount.isVolume()) {
                wishes.put(mount.destination(), MountOption.volume(request));
            }
            if (mount.isImage()) {
                mount = ContainerMountBuilder.builder(mount)
                        .source(images.get(mount.name()).id())
                        .build();
            }
            byDestination.put(mount.destination(), mount);
        }
        for (String path : Values.map(config.volumes()).keySet()) {
            String destination = anonymous(path);
            if (!named.contains(destination) && !byDestination.containsKey(destination)) {
                byDestination.put(
                        destination,
                        ContainerMountBuilder.builder(ContainerMount.of("volume", destination))
                                .driver(driver)
                                .anonymous(true)
                                .build());
            }
        }
    }

    /** @throws NaruException INVALID for mounts whose owners can't be mapped for a container with this map */
    void checkMaps(OwnerMap owners) {
        byDestination.values().forEach(mount -> IdMapOption.behind(mount.idMap(), owners));
    }

    private static String anonymous(String path) {
        if (!path.startsWith("/")) {
            return MountPaths.destination("/" + path);
        }
        return MountPaths.destination(path);
    }

    private static void unique(Set<String> named, String destination) {
        if (!named.add(destination)) {
            throw NaruException.invalid("Duplicate mount point: " + destination);
        }
    }

    private void inherit(String spec) {
        if (spec.isEmpty()) {
            throw NaruException.invalid("volumes-from specification cannot be an empty string");
        }
        int colon = spec.indexOf(':');
        String mode = colon < 0 ? "rw" : spec.substring(colon + 1);
        Set<String> options = Set.of(mode.split(","));
        if (!Set.of("rw", "ro", "z", "Z").containsAll(options)) {
            throw NaruException.invalid("invalid mode: " + mode);
        }
        Container other;
        try {
            other = containers.get(colon < 0 ? spec : spec.substring(0, colon));
        } catch (NaruException e) {
            throw NaruException.invalid(e.what());
        }
        for (ContainerMount mount : other.record().mounts()) {
            boolean writable = mount.writable() && !options.contains("ro");
            byDestination.put(
                    mount.destination(),
                    ContainerMountBuilder.builder(mount)
                            .writable(writable)
                            .mode("")
                            .build());
        }
    }

    /** Makes the volumes that don't exist yet; answers all mounts in the order in which they can be made. */
    List<ContainerMount> claim(String containerId) {
        var claimed = new ArrayList<ContainerMount>();
        try {
            for (ContainerMount mount : byDestination.values()) {
                claimed.add(mount.isVolume() ? claim(mount, containerId) : mount);
            }
        } catch (RuntimeException e) {
            release(volumes, claimed, containerId);
            throw e;
        }
        claimed.sort(Comparator.comparingInt((ContainerMount mount) -> MountPaths.depth(mount.destination()))
                .thenComparing(ContainerMount::destination));
        return claimed;
    }

    private ContainerMount claim(ContainerMount mount, String containerId) {
        MountOption.VolumeWish wish =
                wishes.getOrDefault(mount.destination(), new MountOption.VolumeWish(Map.of(), "", Map.of()));
        boolean isNew = mount.name().isEmpty() || volumes.find(mount.name()).isEmpty();
        Volumes.Volume volume = mount.name().isEmpty()
                ? volumes.createFor(containerId, mount.driver(), wish.options(), wish.labels())
                : volumes.find(mount.name())
                        .filter(known -> wish.options().isEmpty())
                        .orElseGet(() -> volumes.create(mount.name(), mount.driver(), wish.options(), wish.labels()));
        volumes.use(volume.name(), containerId);
        ContainerMount claimed = ContainerMountBuilder.builder(mount)
                .name(volume.name())
                .driver(volume.driver())
                .build();
        if (isNew) {
            made.add(Happening.volume(claimed, "create", Map.of()));
        }
        return claimed;
    }

    /** The events of the volumes that {@link #claim} has made. */
    List<Happening> made() {
        return List.copyOf(made);
    }

    /** Undoes {@link #claim}: the container uses them no longer, and those made for it alone are gone. */
    static void release(Volumes volumes, List<ContainerMount> mounts, String containerId) {
        for (ContainerMount mount : mounts) {
            if (mount.isVolume()) {
                if (mount.anonymous()) {
                    volumes.discard(mount.name(), containerId);
                } else {
                    volumes.release(mount.name(), containerId);
                }
            }
        }
    }
}
