package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.image.Images;
import dev.naru.image.Snapshotter;
import dev.naru.volume.Volumes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Compares what is on disk and in the kernel with what the database says should be there. */
final class SystemCheck {
    /** A creation that is under way has things that no container has yet; it takes much less than this. */
    private static final long SETTLE_MILLISECONDS = 1_000;

    private final ContainerRegistry registry;
    private final Images images;
    private final Volumes volumes;
    private final ContainerPaths paths;

    SystemCheck(ContainerRegistry registry, Images images, Volumes volumes, ContainerPaths paths) {
        this.registry = requireNonNull(registry, "registry");
        this.images = requireNonNull(images, "images");
        this.volumes = requireNonNull(volumes, "volumes");
        this.paths = requireNonNull(paths, "paths");
    }

    List<String> run(boolean repair) {
        List<String> found = new ArrayList<>();
        Snapshotter snapshotter = images.snapshotter();
        orphans("snapshot", snapshotter::keys, snapshotter::remove, repair, found);
        orphans(
                "container directory",
                () -> Directories.names(paths.records()),
                name -> Directories.delete(paths.records().resolve(name)),
                repair,
                found);
        missingSnapshots(found);
        vanishedProcesses(found);
        staleUses(repair, found);
        return found;
    }

    private void orphans(
            String what, Supplier<List<String>> names, Consumer<String> removal, boolean repair, List<String> found) {
        Set<String> orphans = unknown(names.get());
        if (orphans.isEmpty() || !settled()) {
            return;
        }
        orphans.retainAll(unknown(names.get()));
        for (String orphan : orphans) {
            if (repair) {
                removal.accept(orphan);
            }
            found.add(what + " " + orphan + " belongs to no container" + (repair ? ": removed" : ""));
        }
    }

    private Set<String> unknown(List<String> names) {
        Set<String> known = registry.all().stream().map(Container::id).collect(Collectors.toSet());
        Set<String> unknown = new TreeSet<>(names);
        unknown.removeAll(known);
        return unknown;
    }

    private static boolean settled() {
        try {
            Thread.sleep(SETTLE_MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void missingSnapshots(List<String> found) {
        for (Container container : registry.all()) {
            boolean going = container.status().phase() == ContainerStatus.Phase.REMOVING;
            if (!going && !images.snapshotter().exists(container.id())) {
                found.add("container " + container.record().name() + " has lost its snapshot: remove the container");
            }
        }
    }

    private void vanishedProcesses(List<String> found) {
        for (Container container : registry.all()) {
            ContainerStatus status = container.status();
            boolean lost = status.phase().alive()
                    && !java.nio.file.Files.exists(java.nio.file.Path.of("/proc/" + status.pid()))
                    && container.status().equals(status);
            if (lost) {
                found.add("container " + container.record().name() + " is said to run, but process " + status.pid()
                        + " is gone");
            }
        }
    }

    private void staleUses(boolean repair, List<String> found) {
        for (Volumes.Volume volume : volumes.list()) {
            for (String user : volumes.users(volume.name())) {
                if (registry.find(user).isEmpty()) {
                    if (repair) {
                        volumes.release(volume.name(), user);
                    }
                    found.add("volume " + volume.name() + " is held by container " + user + ", which is gone"
                            + (repair ? ": released" : ""));
                }
            }
        }
    }
}
