package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Snapshotter;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.LinuxException;
import dev.naru.linux.OwnerMap;
import dev.naru.runtime.RunningContainer;
import dev.naru.volume.Volumes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A container's file system as the container sees it: of a running one through the root of its first process, of any
 * other its snapshot, with volumes and binds where they would be mounted.
 */
final class ContainerFiles implements AutoCloseable {
    /** Something mounted at a path of the container. */
    private record Mounted(String destination, Descriptor root, OwnerMap owners) {}

    /**
     * Where a path of the container is to be looked for.
     *
     * @param root the directory that links can't lead out of
     * @param path below it, without a leading slash
     * @param destination where the root is in the container; empty for its own root
     * @param owners the owners, outside, that files have there, of those that the container sees, inside
     */
    record Location(Descriptor root, String path, String destination, OwnerMap owners) {}

    private final Descriptor root;
    private final OwnerMap owners;
    private final List<Mounted> mounted;
    private final Runnable release;

    private ContainerFiles(Descriptor root, OwnerMap owners, List<Mounted> mounted, Runnable release) {
        this.root = requireNonNull(root, "root");
        this.owners = requireNonNull(owners, "owners");
        this.mounted = mounted;
        this.release = requireNonNull(release, "release");
    }

    /** Opens it. What runs now may have ended by the time that it is used; what was opened stays good. */
    static ContainerFiles open(Container container, Snapshotter snapshotter, Volumes volumes, UserRemap remap) {
        Optional<ContainerFiles> live = running(container);
        if (live.isPresent()) {
            return live.get();
        }
        String id = container.id();
        // Not the container's own: it may start and end meanwhile.
        String holder = "copy:" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        Descriptor root = snapshotter.withMounted(id, ContainerFiles::directory);
        List<String> used = new ArrayList<>();
        List<Mounted> mounted = new ArrayList<>();
        ContainerFiles files = new ContainerFiles(
                root, OwnerMap.SAME, mounted, () -> used.forEach(volume -> volumes.unmount(volume, holder)));
        try {
            for (ContainerMount mount : container.record().mounts()) {
                source(mount, volumes, holder, used)
                        .ifPresent(source -> mounted.add(new Mounted(
                                mount.destination(),
                                source,
                                IdMapOption.behind(
                                        mount.idMap(),
                                        remap.of(container.record().hostConfig())))));
            }
            ImageMounts.keys(container.record()).forEach((mount, key) -> image(mount, key, snapshotter)
                    .ifPresent(view -> mounted.add(new Mounted(mount.destination(), view, OwnerMap.SAME))));
            mounted.sort(
                    Comparator.comparingInt((Mounted each) -> each.destination().length())
                            .reversed());
            return files;
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    private static Optional<ContainerFiles> running(Container container) {
        RunningContainer running = container.running();
        if (running == null || !container.status().phase().alive()) {
            return Optional.empty();
        }
        try {
            Descriptor root =
                    Descriptor.open("/proc/" + running.pid() + "/root", Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0);
            OwnerMap owners = OwnerMap.ofProcess(running.pid());
            // The process id may have been given to another process only after this one's exit was recorded.
            if (running.exit().isEmpty()) {
                return Optional.of(new ContainerFiles(root, owners, List.of(), () -> {}));
            }
            root.close();
            return Optional.empty();
        } catch (LinuxException ended) {
            return Optional.empty();
        }
    }

    private static Optional<Descriptor> source(
            ContainerMount mount, Volumes volumes, String holder, List<String> used) {
        if (mount.isVolume() && volumes.find(mount.name()).isPresent()) {
            Path path = volumes.mount(mount.name(), holder);
            used.add(mount.name());
            return mount.subpath().isEmpty() ? Optional.of(directory(path)) : within(mount, path);
        }
        return Optional.of(Path.of(mount.source()))
                .filter(source -> mount.isBind() && Files.isDirectory(source))
                .map(ContainerFiles::directory);
    }

    /** A part of a volume, whose links containers make: never followed out of it. */
    private static Optional<Descriptor> within(ContainerMount mount, Path data) {
        Descriptor part;
        try {
            part = LaunchSources.open(mount.name(), data, mount.subpath());
        } catch (NaruException missing) {
            if (missing.kind() == ErrorKind.NOT_FOUND) {
                return Optional.empty();
            }
            throw missing;
        }
        if (Files.isDirectory(Path.of(part.path()))) {
            return Optional.of(part);
        }
        part.close();
        return Optional.empty();
    }

    private static Optional<Descriptor> image(ContainerMount mount, String key, Snapshotter snapshotter) {
        return snapshotter.withMounted(key, root -> {
            try (FileCalls calls = new FileCalls();
                    Descriptor all = directory(root)) {
                String part = mount.subpath().isEmpty() ? "." : FileCalls.bytes(mount.subpath());
                int opened = calls.openInRoot(all.number(), part, Descriptor.O_PATH | Descriptor.O_DIRECTORY);
                return opened < 0 ? Optional.empty() : Optional.of(new Descriptor(opened));
            }
        });
    }

    private static Descriptor directory(Path path) {
        try {
            return Descriptor.open(path.toString(), Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0);
        } catch (LinuxException e) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot open the container's file system", e);
        }
    }

    /** Where an absolute path is to be looked for. */
    Location locate(String path) {
        for (Mounted mount : mounted) {
            String destination = mount.destination();
            if (path.equals(destination) || path.startsWith(destination + "/")) {
                return new Location(mount.root(), path.substring(destination.length()), destination, mount.owners());
            }
        }
        return new Location(root, path, "", owners);
    }

    /** The owners in the container's own root. */
    OwnerMap owners() {
        return owners;
    }

    /** The container's own root. */
    Descriptor root() {
        return root;
    }

    @Override
    public void close() {
        root.close();
        mounted.forEach(mount -> mount.root().close());
        release.run();
    }
}
