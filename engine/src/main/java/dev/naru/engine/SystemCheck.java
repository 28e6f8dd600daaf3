package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.image.Images;
import dev.naru.image.Snapshotter;
import dev.naru.store.Finding;
import dev.naru.volume.Volumes;
import dev.naru.wire.CheckFinding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Compares what is on disk and in the kernel with what the database says should be there. */
final class SystemCheck {
    /** A creation that is under way has things that no container has yet; it takes much less than this. */
    private static final long SETTLE_MILLISECONDS = 1_000;

    private final ContainerRegistry registry;
    private final Images images;
    private final Volumes volumes;
    private final ContainerPaths paths;
    private final KernelLeftovers kernel;

    SystemCheck(
            ContainerRegistry registry, Images images, Volumes volumes, ContainerPaths paths, KernelLeftovers kernel) {
        this.registry = requireNonNull(registry, "registry");
        this.images = requireNonNull(images, "images");
        this.volumes = requireNonNull(volumes, "volumes");
        this.paths = requireNonNull(paths, "paths");
        this.kernel = requireNonNull(kernel, "kernel");
    }

    List<CheckFinding> run(boolean repair) {
        List<CheckFinding> found = new ArrayList<>();
        Snapshotter snapshotter = images.snapshotter();
        orphans(new Kind("snapshot", snapshotter::keys, this::isKnown, snapshotter::remove), repair, found);
        orphans(
                new Kind(
                        "container directory",
                        () -> Directories.names(paths.records()),
                        this::isKnown,
                        name -> Directories.delete(paths.records().resolve(name))),
                repair,
                found);
        orphans(new Kind("mount", kernel::mounts, kernel::isMountWanted, kernel::unmount), repair, found);
        orphans(
                new Kind(
                        "control group",
                        kernel::groups,
                        name -> kernel.isAlive(container -> container.id().equals(name)),
                        kernel::removeGroup),
                repair,
                found);
        orphans(
                new Kind(
                        "state directory",
                        () -> Directories.names(paths.states()),
                        name -> kernel.isAlive(container -> container.id().startsWith(name)),
                        name -> Directories.delete(paths.states().resolve(name))),
                repair,
                found);
        missingSnapshots(found);
        vanishedProcesses(found);
        staleUses(repair, found);
        images.check(repair).forEach(finding -> found.add(view(finding)));
        volumes.check(repair).forEach(finding -> found.add(view(finding)));
        return found;
    }

    private static CheckFinding view(Finding finding) {
        return new CheckFinding(
                finding.subject(), finding.problem(), finding.repaired(), finding.lost(), finding.hint());
    }

    /**
     * Things that each belong to a container.
     *
     * @param wanted whether there is a container that needs it
     */
    private record Kind(
            String name,
            Supplier<? extends Collection<String>> all,
            Predicate<String> wanted,
            Consumer<String> removal) {}

    private void orphans(Kind kind, boolean repair, List<CheckFinding> found) {
        Set<String> orphans = unwanted(kind);
        if (orphans.isEmpty() || !settled()) {
            return;
        }
        orphans.retainAll(unwanted(kind));
        for (String orphan : orphans) {
            if (repair) {
                kind.removal().accept(orphan);
            }
            found.add(new CheckFinding(kind.name() + " " + orphan, "it belongs to no container", repair, false, null));
        }
    }

    private static Set<String> unwanted(Kind kind) {
        Set<String> names = new TreeSet<>(kind.all().get());
        names.removeIf(kind.wanted());
        return names;
    }

    private boolean isKnown(String id) {
        return registry.find(id).isPresent();
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

    private void missingSnapshots(List<CheckFinding> found) {
        for (Container container : registry.all()) {
            boolean going = container.status().phase() == ContainerStatus.Phase.REMOVING;
            if (!going && !images.snapshotter().exists(container.id())) {
                found.add(new CheckFinding(
                        "container " + container.record().name(),
                        "it has lost its snapshot",
                        false,
                        false,
                        "remove the container"));
            }
        }
    }

    private void vanishedProcesses(List<CheckFinding> found) {
        for (Container container : registry.all()) {
            ContainerStatus status = container.status();
            boolean lost = status.phase().alive()
                    && !java.nio.file.Files.exists(java.nio.file.Path.of("/proc/" + status.pid()))
                    && container.status().equals(status);
            if (lost) {
                found.add(new CheckFinding(
                        "container " + container.record().name(),
                        "it is said to run, but process " + status.pid() + " is gone",
                        false,
                        false,
                        "restart the engine"));
            }
        }
    }

    private void staleUses(boolean repair, List<CheckFinding> found) {
        for (Volumes.Volume volume : volumes.list()) {
            for (String user : volumes.users(volume.name())) {
                if (registry.find(user).isEmpty()) {
                    if (repair) {
                        volumes.release(volume.name(), user);
                    }
                    found.add(new CheckFinding(
                            "volume " + volume.name(),
                            "it is held by container " + user + ", which is gone",
                            repair,
                            false,
                            null));
                }
            }
        }
    }
}
