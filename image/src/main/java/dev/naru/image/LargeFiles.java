package dev.naru.image;

import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The large files of a layer in the order of their names, which its tar begins with when they are most of its bytes: they
 * seldom change, so the next layer begins alike. Of a file with several names only the first counts. What is below an
 * opaque directory stays behind its marker.
 */
final class LargeFiles {
    /** Layers with less keep the order of names altogether. */
    static final long WORTHWHILE = 32L << 20;

    private static final long LARGE = 1 << 20;

    private final FileCalls calls;
    private final List<Large> found = new ArrayList<>();
    private final Set<FileStatus.Identity> seen = new HashSet<>();
    private long bytes;

    /** @param path relative to the layer's directory */
    record Large(String path, FileStatus status) {}

    private LargeFiles(FileCalls calls) {
        this.calls = calls;
    }

    /** Those below a directory; none when they are not worth it. Depends on nothing but the files. */
    static List<Large> of(FileCalls calls, Descriptor root) {
        var large = new LargeFiles(calls);
        large.visit(root, "");
        return large.bytes < WORTHWHILE ? List.of() : large.found;
    }

    private void visit(Descriptor directory, String path) {
        if (LowerLayers.isOpaque(calls, directory.number(), ".")) {
            return;
        }
        for (String name : calls.list(directory.number()).stream().sorted().toList()) {
            FileStatus status = calls.status(directory.number(), name).orElse(null);
            if (status == null) {
                continue;
            }
            String at = path.isEmpty() ? name : path + "/" + name;
            if (status.isDirectory()) {
                try (Descriptor below =
                        calls.open(directory.number(), name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                    visit(below, at);
                }
            } else if (status.isRegular()
                    && status.size() >= LARGE
                    && (status.links() < 2 || seen.add(status.identity()))) {
                found.add(new Large(at, status));
                bytes += status.size();
            }
        }
    }
}
