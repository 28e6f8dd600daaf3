package dev.naru.volume;

import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileTree;
import dev.naru.linux.LinuxException;
import dev.naru.linux.OwnerMap;
import dev.naru.linux.TreeCopy;
import java.nio.file.Path;

/** Fills volumes from images. */
final class VolumeFill {
    private VolumeFill() {}

    static boolean isEmpty(Path data) {
        try (var calls = new FileCalls();
                Descriptor directory = directory(data)) {
            return calls.list(directory.number()).isEmpty();
        }
    }

    static void clear(Path data) {
        try (var calls = new FileCalls();
                Descriptor directory = directory(data)) {
            clear(calls, directory);
        }
    }

    private static void clear(FileCalls calls, Descriptor directory) {
        for (String each : calls.list(directory.number())) {
            FileTree.remove(calls, directory.number(), each);
        }
    }

    private static Descriptor directory(Path path) {
        return Descriptor.open(path.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
    }

    /**
     * Copies a directory of an image, when it has one of that name.
     *
     * @return whether it has
     */
    static boolean copy(Path image, String source, Path data, OwnerMap owners) {
        try (var calls = new FileCalls();
                var base = Descriptor.open(image.toString(), Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0);
                Descriptor target = directory(data)) {
            int found = calls.openInRoot(
                    base.number(), FileCalls.bytes(source), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY);
            if (found == -Errno.ENOENT || found == -Errno.ENOTDIR) {
                return false;
            }
            if (found < 0) {
                throw new LinuxException("openat2", source, -found);
            }
            try (var directory = new Descriptor(found)) {
                TreeCopy.contents(calls, directory.number(), target.number(), owners);
                return true;
            } catch (LinuxException failure) {
                // Half a copy would be taken for the volume's own data the next time.
                clear(calls, target);
                throw failure;
            }
        }
    }
}
