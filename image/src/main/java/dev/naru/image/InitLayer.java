package dev.naru.image;

import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.linux.FileTree;
import dev.naru.linux.LinuxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The layer between an image and its containers with the places that every container's mounts need. Without it they
 * would be made in the writable layer, where {@code docker diff} and {@code commit} would show them as the container's
 * own. One serves all containers of an image.
 */
final class InitLayer {
    private static final List<String> DIRECTORIES = List.of("dev", "dev/pts", "dev/shm", "proc", "sys", "etc");
    private static final List<String> FILES =
            List.of("dev/console", ".dockerenv", "etc/resolv.conf", "etc/hosts", "etc/hostname");

    static final String UNFINISHED = "init.";

    private InitLayer() {}

    /** The name of its directory beside the layer it is for; that is empty for no layer at all. */
    static String directory(String layer) {
        return layer + "-i";
    }

    /** Makes it unless it is there; several may try at once. */
    static Path ensure(Path root, String layer, List<Path> below) {
        Path directory = root.resolve(directory(layer));
        if (Files.isDirectory(directory)) {
            return directory;
        }
        String beside =
                UNFINISHED + Long.toHexString(ThreadLocalRandom.current().nextLong());
        try (var calls = new FileCalls();
                var parent = Descriptor.open(root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            try {
                make(calls, parent.number(), beside, below);
                int result = calls.rename(parent.number(), beside, parent.number(), directory(layer), false);
                if (result < 0 && result != -Errno.EEXIST) {
                    throw new LinuxException("renameat2", directory.toString(), -result);
                }
            } finally {
                FileTree.remove(calls, parent.number(), beside);
            }
        } catch (LinuxException failure) {
            throw Failures.of("cannot make the layer for mounts", failure);
        }
        return directory;
    }

    private static void make(FileCalls calls, int parent, String name, List<Path> below) {
        check("mkdirat", name, calls.mkdir(parent, name, 0755));
        try (var lower = new LowerLayers(calls, below);
                Descriptor root = calls.open(parent, name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            int at = root.number();
            for (String path : DIRECTORIES) {
                boolean other = lower.find(path)
                        .filter(found -> !found.status().isDirectory())
                        .isPresent();
                if (!other && hasParent(calls, at, path)) {
                    check("mkdirat", path, calls.mkdir(at, path, 0755));
                }
            }
            for (String path : FILES) {
                if (lower.find(path).isEmpty() && hasParent(calls, at, path)) {
                    check("mknodat", path, calls.mknod(at, path, FileStatus.REGULAR | 0755, 0, 0));
                    calls.chmod(at, path, 0755);
                }
            }
            if (lower.find("etc/mtab").isEmpty() && hasParent(calls, at, "etc/mtab")) {
                check("symlinkat", "etc/mtab", calls.symlink("/proc/mounts", at, "etc/mtab"));
            }
            for (String path : DIRECTORIES.reversed()) {
                if (calls.status(at, path).isPresent()) {
                    calls.chmod(at, path, 0755);
                    lower.copyDirectoryAttributes(path, at, path);
                }
            }
            // Docker gives a container this root, whatever mode the image has for it.
            calls.chmod(at, ".", 0755);
        }
    }

    private static boolean hasParent(FileCalls calls, int root, String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 || calls.status(root, path.substring(0, slash)).isPresent();
    }

    private static void check(String call, String path, int result) {
        if (result < 0) {
            throw new LinuxException(call, path, -result);
        }
    }
}
