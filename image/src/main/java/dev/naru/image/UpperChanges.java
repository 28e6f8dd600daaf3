package dev.naru.image;

import dev.naru.image.Snapshotter.Change;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a container changed, read from its upper directory: nothing is mounted and unchanged files cost nothing. */
final class UpperChanges {
    private final FileCalls calls;
    private final LowerLayers lower;
    private final Map<String, Change.Kind> changes = new HashMap<>();

    UpperChanges(FileCalls calls, LowerLayers lower) {
        this.calls = calls;
        this.lower = lower;
    }

    /** The changes, sorted by path. */
    List<Change> of(Path upper) {
        try (Descriptor root = Descriptor.open(upper.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            walk(root, "", LowerLayers.isOpaque(calls, root.number(), "."));
        }
        return changes.entrySet().stream()
                .map(each -> new Change(each.getValue(), FileCalls.text("/" + each.getKey())))
                .sorted(Comparator.comparing(Change::path))
                .toList();
    }

    /**
     * Visits a directory.
     *
     * @param opaque whether it hides all that the layers have in it
     */
    private void walk(Descriptor directory, String path, boolean opaque) {
        List<String> names = calls.list(directory.number());
        for (String name : names) {
            calls.status(directory.number(), name)
                    .ifPresent(status -> visit(directory, join(path, name), name, status));
        }
        if (opaque) {
            for (String name : lower.list(path)) {
                if (!names.contains(name)) {
                    record(join(path, name), Change.Kind.DELETED);
                }
            }
        }
    }

    private void visit(Descriptor directory, String path, String name, FileStatus status) {
        Optional<LowerLayers.Found> below = lower.find(path);
        if (status.isWhiteout()) {
            // One over nothing is what remains of a file that was made and removed over a lower one of a hidden
            // directory.
            if (below.isPresent()) {
                record(path, Change.Kind.DELETED);
            }
            return;
        }
        if (below.isEmpty()) {
            record(path, Change.Kind.ADDED);
        } else if (!isUnchanged(status, below.get().status())) {
            record(path, Change.Kind.MODIFIED);
        }
        boolean replaced = !status.isDirectory()
                && below.filter(found -> found.status().isDirectory()).isPresent();
        if (replaced) {
            lower.list(path).forEach(child -> record(join(path, child), Change.Kind.DELETED));
        }
        if (status.isDirectory()) {
            boolean opaque = LowerLayers.isOpaque(calls, directory.number(), name);
            boolean directoryBelow =
                    below.filter(found -> found.status().isDirectory()).isPresent();
            try (Descriptor child =
                    calls.open(directory.number(), name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                walk(child, path, opaque && directoryBelow);
            }
        }
    }

    /** Docker's rule: a directory's time and size say nothing, for they change with what is in it. */
    private static boolean isUnchanged(FileStatus upper, FileStatus lower) {
        boolean sameDescription = upper.mode() == lower.mode()
                && upper.uid() == lower.uid()
                && upper.gid() == lower.gid()
                && upper.rdevMajor() == lower.rdevMajor()
                && upper.rdevMinor() == lower.rdevMinor();
        boolean sameContent =
                upper.modified() == lower.modified() && upper.nanos() == lower.nanos() && upper.size() == lower.size();
        return sameDescription && (upper.isDirectory() || sameContent);
    }

    /** A change within a directory is one of the directory too. */
    private void record(String path, Change.Kind kind) {
        changes.put(path, kind);
        for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
            if (changes.putIfAbsent(path.substring(0, slash), Change.Kind.MODIFIED) != null) {
                return;
            }
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "/" + name;
    }
}
