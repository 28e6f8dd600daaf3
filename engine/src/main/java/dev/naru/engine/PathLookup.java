package dev.naru.engine;

import dev.naru.engine.ContainerFiles.Location;
import dev.naru.engine.ContainerService.PathStat;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.TreeWriter;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.linux.LinuxException;
import dev.naru.linux.OwnerMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds a path in a container: its directory with links followed, within the container's root, the last name not.
 *
 * @param given as the client wrote it, for errors
 * @param shown how the client named the container, for errors
 */
record PathLookup(ContainerFiles files, ContainerPath path, String given, String shown) {
    PathStat stat() {
        try (FileCalls calls = new FileCalls();
                Descriptor place = place(calls)) {
            FileStatus status = calls.status(place.number(), itself() ? "" : bytes(path.last()))
                    .orElseThrow(this::missing);
            return new PathStat(
                    path.name(),
                    status.size(),
                    FileModes.go(status.mode()),
                    Timestamps.text(status.modified() * 1_000_000_000L + status.nanos()),
                    status.isSymbolicLink() ? target(calls, place) : "");
        }
    }

    /** The directory that the path is in, or the one that it means when a link at its end is followed. */
    private Descriptor place(FileCalls calls) {
        // The path "/" has no name in a directory.
        String wanted = itself() ? path.absolute() : path.parent();
        return open(calls, wanted, Descriptor.O_PATH | Descriptor.O_DIRECTORY);
    }

    /** Whether the path is looked at itself: a mount of a stopped container is in no directory. */
    private boolean itself() {
        Location location = files.locate(path.absolute());
        return path.followed()
                || (!location.destination().isEmpty() && location.path().isEmpty());
    }

    private Descriptor open(FileCalls calls, String absolute, int flags) {
        Location location = files.locate(absolute);
        int opened = calls.openAcrossMounts(location.root().number(), bytes(relative(location.path())), flags);
        if (opened == -Errno.ENOENT) {
            throw missing();
        }
        if (opened == -Errno.ENOTDIR) {
            throw new NaruException(ErrorKind.INTERNAL, missing().what());
        }
        if (opened < 0) {
            throw NaruException.because(
                    opened == -Errno.ELOOP || opened == -Errno.ENAMETOOLONG ? ErrorKind.INVALID : ErrorKind.INTERNAL,
                    "cannot open " + given + " in container " + shown,
                    new LinuxException("openat2", absolute, -opened));
        }
        return new Descriptor(opened);
    }

    private static String relative(String path) {
        return path.isEmpty() || path.equals("/") ? "." : path;
    }

    private NaruException missing() {
        return NaruException.notFound("Could not find the file " + given + " in container " + shown);
    }

    /** Where a link leads in the end, as a path of the container; a dangling one as far as its text says. */
    private String target(FileCalls calls, Descriptor place) {
        Location location = files.locate(path.absolute());
        int opened =
                calls.openAcrossMounts(location.root().number(), bytes(relative(location.path())), Descriptor.O_PATH);
        if (opened >= 0) {
            try (Descriptor found = new Descriptor(opened)) {
                return location.destination() + below(location, found);
            }
        }
        String text = FileCalls.text(calls.readLink(place.number(), bytes(path.last())));
        return ContainerPath.of(text.startsWith("/") ? text : path.parent() + text)
                .absolute();
    }

    /** The path of a descriptor, without links, below the root that it was opened in; begins with a slash. */
    private static String below(Location location, Descriptor found) {
        String top = name(location.root());
        String name = name(found);
        if (top.equals("/")) {
            return name;
        }
        return name.equals(top) ? "/" : name.startsWith(top + "/") ? name.substring(top.length()) : location.path();
    }

    private static String name(Descriptor descriptor) {
        try {
            return Files.readSymbolicLink(Path.of(descriptor.path())).toString();
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot read " + descriptor.path(), e);
        }
    }

    /**
     * The directory that an archive is extracted into.
     *
     * @throws NaruException INVALID when it is none
     */
    Location directory() {
        try (FileCalls calls = new FileCalls();
                Descriptor found = open(calls, path.absolute(), Descriptor.O_PATH)) {
            boolean directory = calls.status(found.number(), "")
                    .filter(FileStatus::isDirectory)
                    .isPresent();
            if (!directory) {
                throw NaruException.invalid("extraction point is not a directory");
            }
            Location location = files.locate(path.absolute());
            return new Location(location.root(), below(location, found), location.destination(), location.owners());
        }
    }

    /** The map of the owners of what is there. */
    OwnerMap owners() {
        return files.locate(path.absolute()).owners();
    }

    /** Writes what is there to an archive. */
    void write(TreeWriter writer) throws IOException {
        try (FileCalls calls = new FileCalls()) {
            Optional<Descriptor> directory = directoryItself(calls);
            if (directory.isPresent()) {
                try (Descriptor opened = directory.get()) {
                    writer.directory(opened, bytes(path.name()));
                }
                return;
            }
            try (Descriptor parent = open(calls, path.parent(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY)) {
                writer.entry(parent, bytes(path.last()), bytes(path.name()));
            }
        }
    }

    private Optional<Descriptor> directoryItself(FileCalls calls) {
        Location location = files.locate(path.absolute());
        int flags = Descriptor.O_RDONLY | Descriptor.O_DIRECTORY | (path.followed() ? 0 : Descriptor.O_NOFOLLOW);
        int opened = calls.openAcrossMounts(location.root().number(), bytes(relative(location.path())), flags);
        return opened < 0 ? Optional.empty() : Optional.of(new Descriptor(opened));
    }

    private static String bytes(String text) {
        return FileCalls.bytes(text);
    }
}
