package dev.naru.image;

import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Read-only layers seen as one tree, as overlayfs would show them, without mounting anything. */
final class LowerLayers implements AutoCloseable {
    static final String OPAQUE = "trusted.overlay.opaque";

    private final FileCalls calls;
    private final List<Descriptor> layers = new ArrayList<>();

    /** A file and the layer it was found in. */
    record Found(int layer, String path, FileStatus status) {}

    /**
     * Opens layers.
     *
     * @param directories topmost first
     */
    LowerLayers(FileCalls calls, List<Path> directories) {
        this.calls = calls;
        for (Path directory : directories) {
            layers.add(Descriptor.open(directory.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0));
        }
    }

    /** The file at a path relative to the root. Links on the way are not followed: overlayfs knows no files there. */
    Optional<Found> find(String path) {
        String[] components = path.split("/", -1);
        for (Descriptor layer : layers) {
            Optional<Found> found = Optional.empty();
            boolean hidesLower = false;
            var prefix = new StringBuilder();
            for (int i = 0; i < components.length; i++) {
                prefix.append(i == 0 ? "" : "/").append(components[i]);
                String at = path.isEmpty() ? "." : prefix.toString();
                FileStatus status = calls.status(layer.number(), at).orElse(null);
                if (status == null) {
                    break;
                }
                if (status.isWhiteout()) {
                    return Optional.empty();
                }
                if (i == components.length - 1) {
                    found = Optional.of(new Found(layer.number(), at, status));
                } else if (!status.isDirectory()) {
                    return Optional.empty();
                } else {
                    hidesLower |= isOpaque(calls, layer.number(), at);
                }
            }
            if (found.isPresent() || hidesLower) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** The names in a directory, those of all layers merged. */
    List<String> list(String path) {
        var names = new java.util.TreeSet<String>();
        var hidden = new java.util.HashSet<String>();
        for (Descriptor layer : layers) {
            if (find(path).isEmpty()) {
                break;
            }
            String at = path.isEmpty() ? "." : path;
            FileStatus status = calls.status(layer.number(), at).orElse(null);
            if (status == null) {
                continue;
            }
            if (!status.isDirectory()) {
                break;
            }
            try (Descriptor directory =
                    calls.open(layer.number(), at, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                for (String name : calls.list(directory.number())) {
                    boolean whiteout = calls.status(directory.number(), name)
                            .map(FileStatus::isWhiteout)
                            .orElse(true);
                    if (whiteout) {
                        hidden.add(name);
                    } else if (!hidden.contains(name)) {
                        names.add(name);
                    }
                }
            }
            if (isOpaque(calls, layer.number(), at)) {
                break;
            }
        }
        return List.copyOf(names);
    }

    static boolean isOpaque(FileCalls calls, int directory, String name) {
        return calls.getXattr(directory, name, OPAQUE)
                .map(value -> value.length == 1 && value[0] == 'y')
                .orElse(false);
    }

    /** Gives a directory the owner, mode, time and attributes of the one that the layers have at the path, if any. */
    void copyDirectoryAttributes(String path, int directory, String name) {
        Found found = find(path).filter(each -> each.status().isDirectory()).orElse(null);
        if (found == null) {
            return;
        }
        FileStatus status = found.status();
        calls.chown(directory, name, status.uid(), status.gid());
        calls.chmod(directory, name, status.permissions());
        for (String attribute : calls.listXattrs(found.layer(), found.path())) {
            if (!attribute.startsWith("trusted.overlay.")) {
                calls.getXattr(found.layer(), found.path(), attribute)
                        .ifPresent(value -> calls.setXattr(directory, name, attribute, value));
            }
        }
        calls.setTime(directory, name, status.modified(), status.nanos());
    }

    @Override
    public void close() {
        layers.forEach(Descriptor::close);
    }
}
