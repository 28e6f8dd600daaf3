package dev.naru.linux;

/** Work on whole trees of files, never through symbolic links. */
public final class FileTree {
    /** The unit of {@link FileStatus#blocks}, whatever the file system's is (stat(2)). */
    private static final int BLOCK = 512;

    private FileTree() {}

    /**
     * Removes a name and all below it; one that does not exist is fine. What is mounted below is somebody else's and stays.
     *
     * @throws LinuxException EXDEV when something is mounted below
     */
    public static void remove(FileCalls calls, int directory, String name) {
        int result = calls.unlink(directory, name);
        if (result == 0 || result == -Errno.ENOENT) {
            return;
        }
        if (result != -Errno.EISDIR && result != -Errno.EPERM && result != -Errno.ENOTEMPTY) {
            throw new LinuxException("unlinkat", FileCalls.text(name), -result);
        }
        int opened =
                calls.openInRoot(directory, name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY | Descriptor.O_NOFOLLOW);
        if (opened < 0) {
            throw new LinuxException("openat2", FileCalls.text(name), -opened);
        }
        try (Descriptor below = new Descriptor(opened)) {
            for (String each : calls.list(below.number())) {
                remove(calls, below.number(), each);
            }
        }
        result = calls.rmdir(directory, name);
        if (result < 0 && result != -Errno.ENOENT) {
            throw new LinuxException("unlinkat", FileCalls.text(name), -result);
        }
    }

    /**
     * Bytes that the disk has given to an open directory and all below it, each hard-linked file once: what {@code du -x}
     * tells.
     */
    public static long allocated(FileCalls calls, int directory) {
        long own = calls.status(directory, ".").map(FileStatus::blocks).orElse(0L) * BLOCK;
        return own + allocated(calls, directory, new java.util.HashSet<>());
    }

    private static long allocated(FileCalls calls, int directory, java.util.Set<FileStatus.Identity> seen) {
        long sum = 0;
        for (String name : calls.list(directory)) {
            FileStatus status = calls.status(directory, name).orElse(null);
            // What is mounted here takes its space elsewhere.
            if (status == null || status.isMountRoot()) {
                continue;
            }
            if (status.isDirectory()) {
                sum += status.blocks() * BLOCK;
                try (Descriptor below = calls.open(directory, name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                    sum += allocated(calls, below.number(), seen);
                } catch (LinuxException gone) {
                    if (gone.errno() != Errno.ENOENT) {
                        throw gone;
                    }
                }
            } else if (status.links() < 2 || seen.add(status.identity())) {
                sum += status.blocks() * BLOCK;
            }
        }
        return sum;
    }

    /**
     * The same without files that have several names, here or elsewhere on the file system.
     *
     * @param several gets those, each with its bytes
     */
    public static long allocated(FileCalls calls, int directory, java.util.Map<FileStatus.Identity, Long> several) {
        long sum = calls.status(directory, ".").map(FileStatus::blocks).orElse(0L) * BLOCK;
        for (String name : calls.list(directory)) {
            FileStatus status = calls.status(directory, name).orElse(null);
            if (status == null || status.isMountRoot()) {
                continue;
            }
            if (status.isDirectory()) {
                try (Descriptor below = calls.open(directory, name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                    sum += allocated(calls, below.number(), several);
                } catch (LinuxException gone) {
                    if (gone.errno() != Errno.ENOENT) {
                        throw gone;
                    }
                }
            } else if (status.links() < 2) {
                sum += status.blocks() * BLOCK;
            } else {
                several.put(status.identity(), status.blocks() * BLOCK);
            }
        }
        return sum;
    }

    /** Bytes of all files below an open directory, each hard-linked file once. */
    public static long size(FileCalls calls, int directory) {
        return size(calls, directory, new java.util.HashSet<>());
    }

    private static long size(FileCalls calls, int directory, java.util.Set<FileStatus.Identity> seen) {
        long sum = 0;
        for (String name : calls.list(directory)) {
            FileStatus status = calls.status(directory, name).orElse(null);
            if (status == null) {
                continue;
            }
            if (status.isDirectory()) {
                try (Descriptor below = calls.open(directory, name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                    sum += size(calls, below.number(), seen);
                } catch (LinuxException gone) {
                    if (gone.errno() != Errno.ENOENT) {
                        throw gone;
                    }
                }
            } else if (status.links() < 2 || seen.add(status.identity())) {
                sum += status.size();
            }
        }
        return sum;
    }
}
