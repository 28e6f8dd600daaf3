package dev.naru.build;

import dev.naru.image.LatestTime;
import dev.naru.image.LayerFile;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Large files of a context that a layer takes over from another layer, or from where the context's files are kept: they
 * are one on the disk (hard links), for no layer and no content ever changes. While the layer is written an empty file
 * stands for each, because a mounted overlay takes no links from elsewhere; when it is unmounted they are put in their
 * places. Within one layer a file is taken over once: two names of one file would be a link in its tar. For one thread.
 */
final class LayerLinks implements AutoCloseable {
    private static final int MOST_LINKS = 60_000;

    private final FileCalls calls = new FileCalls();
    private final SharedFiles known;
    private final Path upper;
    private final LatestTime newest;
    private final Set<SharedFiles.Key> files = new HashSet<>();
    private final Map<String, LayerFile> contents = new LinkedHashMap<>();
    /** Where the links go: by place the number of each. */
    private final Map<String, Integer> places = new LinkedHashMap<>();

    private final Set<Path> givers = new HashSet<>();
    private int next;
    private @Nullable Descriptor aside;

    /**
     * @param upper the directory that becomes the layer
     * @param newest no time of the layer is later
     */
    LayerLinks(SharedFiles known, Path upper, LatestTime newest) {
        this.known = known;
        this.upper = upper;
        this.newest = newest;
    }

    /** Writes a file of a context, or notes that another layer has it. */
    void file(TreeTarget target, String path, ReadableTree from, String source, TreeTarget.Attributes attributes) {
        SharedFiles.Key key = key(from, source, attributes).orElse(null);
        if (key != null && !files.contains(key) && (linked(key) || lent(from, key))) {
            target.file(path, new byte[0], new TreeTarget.Attributes(0600, 0, 0, -1, 0, Map.of()));
            Optional<String> place = target.place(path);
            if (place.isPresent()) {
                places.put(place.get(), next++);
                note(key, place.get());
                return;
            }
            calls.unlink(aside().number(), Integer.toString(next));
        }
        write(target, path, from, source, attributes);
        if (key != null || !contents.isEmpty()) {
            target.place(path).ifPresent(place -> written(key, place));
        }
    }

    /** A file was written; another one may have been in its place, for patterns bring several of a name. */
    private void written(SharedFiles.@Nullable Key key, String place) {
        places.remove(place);
        contents.remove(place);
        if (key != null) {
            note(key, place);
        }
    }

    private static void write(
            TreeTarget target, String path, ReadableTree from, String source, TreeTarget.Attributes attributes) {
        try (Descriptor content = from.open(source)) {
            target.file(path, content, attributes);
        }
    }

    private void note(SharedFiles.Key key, String place) {
        files.add(key);
        contents.put(place, key.at(place));
    }

    /** The files whose contents are known, as they are in the layer. */
    List<LayerFile> contents() {
        return List.copyOf(contents.values());
    }

    private Optional<SharedFiles.Key> key(ReadableTree from, String source, TreeTarget.Attributes attributes) {
        long size = from.file(source).map(TreeFile::size).orElse(0L);
        boolean able = from instanceof ContextTree
                && size >= SharedFiles.SMALLEST
                && attributes.seconds() >= 0
                && attributes.more().isEmpty();
        if (!able) {
            return Optional.empty();
        }
        boolean later = newest.isPassed(attributes.seconds(), attributes.nanos());
        return Optional.of(new SharedFiles.Key(
                from.digest(source),
                size,
                attributes.permissions(),
                Math.max(0, attributes.uid()),
                Math.max(0, attributes.gid()),
                later ? newest.seconds() : attributes.seconds(),
                later ? 0 : attributes.nanos()));
    }

    /** Whether the file was found and now has a link under the next number. */
    private boolean linked(SharedFiles.Key key) {
        SharedFiles.Place place = known.find(key).orElse(null);
        if (place == null) {
            return false;
        }
        try (Descriptor layer =
                Descriptor.open(place.directory().toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            boolean same = calls.status(layer.number(), place.path())
                    .filter(status -> is(status, key))
                    .isPresent();
            if (same && calls.link(layer.number(), place.path(), aside().number(), Integer.toString(next)) == 0) {
                givers.add(place.directory());
                return true;
            }
        } catch (LinuxException gone) {
            // The layer was removed: the file is written.
        }
        return false;
    }

    /** Whether the context's own file now has a link under the next number. */
    private boolean lent(ReadableTree from, SharedFiles.Key key) {
        return from instanceof ContextTree tree && tree.lend(calls, key, aside().number(), Integer.toString(next));
    }

    private static boolean is(FileStatus status, SharedFiles.Key key) {
        return status.isRegular()
                && status.size() == key.size()
                && status.permissions() == key.permissions()
                && status.uid() == key.uid()
                && status.gid() == key.gid()
                && status.modified() == key.seconds()
                && status.nanos() == key.nanos()
                && status.links() < MOST_LINKS;
    }

    private Descriptor aside() {
        Descriptor open = aside;
        if (open == null) {
            Path links = upper.resolveSibling("links");
            try {
                Files.createDirectory(links);
            } catch (IOException failure) {
                throw dev.naru.error.NaruException.because(
                        dev.naru.error.ErrorKind.UNAVAILABLE, "cannot make " + links, failure);
            }
            open = Descriptor.open(links.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
            aside = open;
        }
        return open;
    }

    /** Puts the files in their places; the directories' times stay. Nothing is mounted on the upper directory any more. */
    void settle() {
        try (Descriptor top = Descriptor.open(upper.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            for (Map.Entry<String, Integer> each : places.entrySet()) {
                String place = each.getKey();
                try (Descriptor directory = calls.open(
                        top.number(),
                        "./" + TreeTarget.parentOf(place),
                        Descriptor.O_RDONLY | Descriptor.O_DIRECTORY,
                        0)) {
                    FileStatus before = calls.status(directory.number(), ".").orElseThrow();
                    int moved = calls.rename(
                            aside().number(),
                            Integer.toString(each.getValue()),
                            directory.number(),
                            CopySelection.last(place),
                            true);
                    if (moved < 0) {
                        throw new LinuxException("renameat2", place, -moved);
                    }
                    calls.setTime(directory.number(), ".", before.modified(), before.nanos());
                }
            }
        }
    }

    /**
     * Remembers the files.
     *
     * @param layer the directory that the upper directory became
     * @return layers whose files are the new layer's too
     */
    Set<Path> keep(Path layer) {
        Map<SharedFiles.Key, String> first = new LinkedHashMap<>();
        contents.forEach((place, file) -> first.putIfAbsent(SharedFiles.Key.of(file), place));
        first.forEach((key, place) -> known.add(key, new SharedFiles.Place(layer, place)));
        return givers;
    }

    @Override
    public void close() {
        if (aside != null) {
            aside.close();
        }
        calls.close();
    }
}
