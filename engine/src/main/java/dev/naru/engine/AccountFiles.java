package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.image.Snapshotter;
import dev.naru.linux.RootedFile;
import dev.naru.linux.RootedFile.Found;
import dev.naru.runtime.UserLookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A container's {@code /etc/passwd} and {@code /etc/group}, read from the directories that its file system is stacked
 * from. Mounting it for this would cost more than the rest of a start's preparation; that is done only when a symbolic
 * link or something stranger than a file is in the way.
 */
final class AccountFiles {
    private static final int LIMIT = 10_000_000;

    private final Snapshotter snapshotter;

    AccountFiles(Snapshotter snapshotter) {
        this.snapshotter = requireNonNull(snapshotter, "snapshotter");
    }

    UserLookup of(String containerId) {
        List<Path> layers = layers(snapshotter.describe(containerId));
        return new UserLookup(read(containerId, layers, "etc/passwd"), read(containerId, layers, "etc/group"));
    }

    /** Topmost first. */
    private static List<Path> layers(Map<String, String> directories) {
        var layers = new ArrayList<Path>();
        String upper = directories.get("UpperDir");
        String lower = directories.get("LowerDir");
        if (upper != null) {
            layers.add(Path.of(upper));
        }
        if (lower != null && !lower.isEmpty()) {
            for (String directory : lower.split(":", -1)) {
                layers.add(Path.of(directory));
            }
        }
        return layers;
    }

    private String read(String containerId, List<Path> layers, String path) {
        for (Path layer : layers) {
            switch (RootedFile.read(layer, path, false, LIMIT)) {
                case Found.Content file -> {
                    return file.text();
                }
                case Found.Absent absent -> {
                    // The next layer may have it.
                }
                case Found.Linked linked -> {
                    return mounted(containerId, path);
                }
                case Found.Other other -> {
                    return mounted(containerId, path);
                }
            }
        }
        return "";
    }

    private String mounted(String containerId, String path) {
        return snapshotter.withMounted(
                containerId,
                root -> RootedFile.read(root, path, true, LIMIT) instanceof Found.Content file ? file.text() : "");
    }
}
