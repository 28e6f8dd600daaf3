package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerFiles.Location;
import dev.naru.engine.ContainerService.ArchiveSession;
import dev.naru.engine.ContainerService.PathStat;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Snapshotter;
import dev.naru.image.TreeExtractor;
import dev.naru.image.TreeWriter;
import dev.naru.linux.Descriptor;
import dev.naru.linux.LinuxException;
import dev.naru.volume.Volumes;
import dev.naru.wire.FilesystemChange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/** Files in and out of containers: {@code docker cp}, {@code export} and {@code diff}. */
final class ContainerArchive {
    private final Snapshotter snapshotter;
    private final Volumes volumes;
    private final UserRemap remap;
    private final EventSink events;

    ContainerArchive(Snapshotter snapshotter, Volumes volumes, UserRemap remap, EventSink events) {
        this.snapshotter = requireNonNull(snapshotter, "snapshotter");
        this.volumes = requireNonNull(volumes, "volumes");
        this.remap = requireNonNull(remap, "remap");
        this.events = requireNonNull(events, "events");
    }

    /**
     * What a path is.
     *
     * @param shown how the client named the container, for errors
     * @throws NaruException NOT_FOUND {@code Could not find the file /x in container y}
     */
    PathStat stat(Container container, String shown, String path) {
        try (ContainerFiles files = ContainerFiles.open(container, snapshotter, volumes, remap)) {
            return new PathLookup(files, ContainerPath.of(path), path, shown).stat();
        }
    }

    /** Opens a file or directory for copying out. */
    ArchiveSession read(Container container, String shown, String path) {
        ContainerPath wanted = ContainerPath.of(path);
        ContainerFiles files = ContainerFiles.open(container, snapshotter, volumes, remap);
        try {
            PathLookup lookup = new PathLookup(files, wanted, path, shown);
            PathStat stat = lookup.stat();
            Happening.mounts(container.record()).forEach(events::publish);
            events.publish(Happening.of(container.record(), "archive-path"));
            Happening.unmounts(container.record()).forEach(events::publish);
            return new OpenArchive(files, lookup, stat);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /**
     * Extracts a tar stream into a directory.
     *
     * @throws NaruException NOT_FOUND without the directory, INVALID when it is none or the place is read-only
     */
    void write(
            Container container,
            String shown,
            String path,
            InputStream tar,
            boolean noOverwriteDirNonDir,
            boolean copyUidGid) {
        try (ContainerFiles files = ContainerFiles.open(container, snapshotter, volumes, remap)) {
            PathLookup lookup = new PathLookup(files, ContainerPath.of(path), path, shown);
            Location target = lookup.directory();
            WritableCheck.require(container.record(), target);
            var options = new TreeExtractor.Options(
                    noOverwriteDirNonDir,
                    copyUidGid ? ContainerOwner.of(container.record(), files) : null,
                    target.owners());
            try (TreeExtractor extractor =
                    new TreeExtractor(target.root(), dev.naru.linux.FileCalls.bytes(target.path()), options)) {
                extractor.extract(tar);
            } catch (NaruException e) {
                // Docker's extraction is a program of its own, whose troubles are all the engine's.
                throw e.kind() == ErrorKind.INVALID ? e.as(ErrorKind.INTERNAL) : e;
            }
            Happening.mounts(container.record()).forEach(events::publish);
            events.publish(Happening.of(container.record(), "extract-to-dir"));
            Happening.unmounts(container.record()).forEach(events::publish);
        }
    }

    /** Writes the container's own file system, without what is mounted in it. */
    void export(Container container, OutputStream out) {
        try (ContainerFiles files = ContainerFiles.open(container, snapshotter, volumes, remap);
                Descriptor root =
                        Descriptor.openAt(files.root().number(), ".", Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
                TreeWriter writer = new TreeWriter(out, false, files.owners())) {
            writer.children(root, "");
            writer.finish();
            events.publish(Happening.of(container.record(), "export"));
        } catch (LinuxException | IOException e) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot export container " + container.id(), e);
        }
    }

    List<FilesystemChange> changes(Container container) {
        return snapshotter.changes(container.id()).stream()
                .map(change -> new FilesystemChange(
                        change.path().startsWith("/") ? change.path() : "/" + change.path(), number(change.kind())))
                .toList();
    }

    private static int number(Snapshotter.Change.Kind kind) {
        return switch (kind) {
            case MODIFIED -> 0;
            case ADDED -> 1;
            case DELETED -> 2;
        };
    }

    /** A file on its way out. */
    private record OpenArchive(ContainerFiles files, PathLookup lookup, PathStat stat) implements ArchiveSession {
        @Override
        public void writeTo(OutputStream tar) throws IOException {
            try (TreeWriter writer = new TreeWriter(tar, true, lookup.owners())) {
                lookup.write(writer);
                writer.finish();
            } catch (LinuxException e) {
                throw NaruException.because(ErrorKind.INTERNAL, "cannot copy " + stat.name(), e);
            }
        }

        @Override
        public void close() {
            files.close();
        }
    }
}
