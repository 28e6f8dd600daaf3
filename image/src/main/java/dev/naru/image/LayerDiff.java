package dev.naru.image;

import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a container's upper directory as a layer's tar stream, sorted, with whiteouts (image-spec, layer.md). Large files
 * may come first, ahead of their directories.
 */
final class LayerDiff {
    private final FileCalls calls;
    private final LowerLayers lower;
    private final TarWriter tar;
    private final Map<FileStatus.Identity, String> linked = new HashMap<>();
    private final Set<String> written = new HashSet<>();
    /** Larger than what the blob's stream keeps, so that contents pass it without a copy. */
    private final byte[] buffer = new byte[512 * 1024];

    LayerDiff(FileCalls calls, LowerLayers lower, OutputStream out) {
        this.calls = calls;
        this.lower = lower;
        this.tar = new TarWriter(out);
    }

    void write(Path upper) throws IOException {
        try (Descriptor root = Descriptor.open(upper.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            walk(root, "");
        }
        tar.finish();
    }

    /** The same with {@link LargeFiles} first. */
    void writeLargeFirst(Path upper) throws IOException {
        try (Descriptor root = Descriptor.open(upper.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            for (LargeFiles.Large each : LargeFiles.of(calls, root)) {
                begin(root, each);
                content(root, each.path(), each.status());
            }
            walk(root, "");
        }
        tar.finish();
    }

    /**
     * The digest of what {@link #writeLargeFirst} writes, from where an earlier layer was alike.
     *
     * @param out what the stream goes to
     * @param known files by path, as far as their contents are known
     */
    void digest(Path upper, LayerDigest out, Map<String, LayerFile> known, HashStates states) throws IOException {
        try (Descriptor root = Descriptor.open(upper.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            var beginning = new LayerBeginning(out, states);
            for (LargeFiles.Large each : LargeFiles.of(calls, root)) {
                out.setAside();
                begin(root, each);
                LayerFile file = known.get(each.path());
                String content = file != null && file.is(each.status()) ? file.content() : null;
                beginning.add(each, out.takeAside(), content);
            }
            beginning.hash(root);
            walk(root, "");
        }
        tar.finish();
    }

    private void begin(Descriptor root, LargeFiles.Large large) throws IOException {
        if (large.status().links() > 1) {
            linked.put(large.status().identity(), large.path());
        }
        written.add(large.path());
        tar.begin(entry(root, large.path(), large.path(), TarEntry.Type.FILE, large.status(), ""));
    }

    private void walk(Descriptor directory, String path) throws IOException {
        List<String> names = calls.list(directory.number()).stream().sorted().toList();
        if (LowerLayers.isOpaque(calls, directory.number(), ".")
                && lower.find(path).isPresent()) {
            whiteout(path, ".wh..opq");
        }
        for (String name : names) {
            FileStatus status = calls.status(directory.number(), name).orElse(null);
            if (status != null) {
                visit(directory, path, name, status);
            }
        }
    }

    private void visit(Descriptor directory, String parent, String name, FileStatus status) throws IOException {
        String path = parent.isEmpty() ? name : parent + "/" + name;
        if (status.isWhiteout()) {
            if (lower.find(path).isPresent()) {
                whiteout(parent, name);
            }
            return;
        }
        switch (status.type()) {
            case FileStatus.DIRECTORY -> {
                tar.begin(entry(directory, name, path + "/", TarEntry.Type.DIRECTORY, status, ""));
                try (Descriptor child =
                        calls.open(directory.number(), name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                    walk(child, path);
                }
            }
            case FileStatus.REGULAR -> file(directory, name, path, status);
            default -> {
                TarEntry.Type type = TreeWriter.dataless(status);
                if (type != null) {
                    boolean link = type == TarEntry.Type.SYMBOLIC_LINK;
                    String target = link ? calls.readLink(directory.number(), name) : "";
                    tar.begin(entry(directory, name, path, type, status, target));
                }
            }
        }
    }

    private void whiteout(String parent, String name) throws IOException {
        String path = (parent.isEmpty() ? "" : parent + "/") + ".wh." + name;
        tar.begin(TarEntry.file(path, 0600, 0, 0));
    }

    private void file(Descriptor directory, String name, String path, FileStatus status) throws IOException {
        if (written.contains(path)) {
            return;
        }
        if (status.links() > 1) {
            String first = linked.putIfAbsent(status.identity(), path);
            if (first != null) {
                tar.begin(entry(directory, name, path, TarEntry.Type.HARD_LINK, status, first));
                return;
            }
        }
        tar.begin(entry(directory, name, path, TarEntry.Type.FILE, status, ""));
        content(directory, name, status);
    }

    private void content(Descriptor directory, String name, FileStatus status) throws IOException {
        try (Descriptor file = calls.open(directory.number(), name, Descriptor.O_RDONLY, 0);
                InputStream in = Files.newInputStream(Path.of(file.path()))) {
            tar.write(in, status.size(), buffer);
        }
    }

    private TarEntry entry(
            Descriptor directory, String name, String path, TarEntry.Type type, FileStatus status, String link) {
        boolean content = type == TarEntry.Type.FILE;
        return new TarEntry(
                path,
                type,
                status.permissions(),
                status.uid(),
                status.gid(),
                content ? status.size() : 0,
                status.modified(),
                status.nanos(),
                link,
                status.rdevMajor(),
                status.rdevMinor(),
                type == TarEntry.Type.HARD_LINK ? Map.of() : xattrs(directory, name),
                null,
                content ? status.size() : 0);
    }

    private Map<String, byte[]> xattrs(Descriptor directory, String name) {
        List<String> names = calls.listXattrs(directory.number(), name);
        if (names.isEmpty()) {
            return Map.of();
        }
        var xattrs = new HashMap<String, byte[]>();
        for (String attribute : names) {
            if (!attribute.startsWith("trusted.")) {
                calls.getXattr(directory.number(), name, attribute).ifPresent(value -> xattrs.put(attribute, value));
            }
        }
        return xattrs;
    }
}
