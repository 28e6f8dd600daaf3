package dev.naru.linux;

import java.util.HashMap;
import java.util.Map;

/**
 * Copies a tree of files with modes, owners, times, extended attributes, hard and symbolic links, devices and fifos.
 * Links are copied, never followed.
 */
public final class TreeCopy {
    private static final int CHUNK = 1 << 20;

    private final FileCalls calls;
    private final Map<FileStatus.Identity, String> linked = new HashMap<>();
    private final int root;

    private final OwnerMap owners;

    private TreeCopy(FileCalls calls, int root, OwnerMap owners) {
        this.calls = calls;
        this.root = root;
        this.owners = owners;
    }

    /**
     * Copies what is in a directory, and its own description, to another one, which must be empty.
     *
     * @param from open for reading
     * @param to open for reading
     * @param owners the owners of the copies: ids of the source are inside
     */
    public static void contents(FileCalls calls, int from, int to, OwnerMap owners) {
        var copy = new TreeCopy(calls, to, owners);
        copy.directory(from, to, "");
        copy.describe(from, ".", to, ".", calls.status(from, "").orElseThrow());
    }

    private void directory(int from, int to, String path) {
        for (String name : calls.list(from)) {
            FileStatus status = calls.status(from, name).orElse(null);
            if (status != null) {
                entry(from, to, name, path.isEmpty() ? name : path + "/" + name, status);
            }
        }
    }

    private void entry(int from, int to, String name, String path, FileStatus status) {
        if (status.links() > 1 && !status.isDirectory()) {
            String first = linked.putIfAbsent(status.identity(), path);
            if (first != null) {
                check("linkat", path, calls.link(root, first, to, name));
                return;
            }
        }
        switch (status.type()) {
            case FileStatus.DIRECTORY -> {
                check("mkdirat", path, calls.mkdir(to, name, 0700));
                try (Descriptor source = open(from, name);
                        Descriptor target = open(to, name)) {
                    directory(source.number(), target.number(), path);
                }
            }
            case FileStatus.REGULAR -> file(from, to, name, status.size());
            case FileStatus.SYMBOLIC_LINK ->
                check("symlinkat", path, calls.symlink(calls.readLink(from, name), to, name));
            case FileStatus.SOCKET -> {
                // It is nothing without the process that listens on it.
                return;
            }
            default ->
                check(
                        "mknodat",
                        path,
                        calls.mknod(to, name, status.type() | 0600, status.rdevMajor(), status.rdevMinor()));
        }
        describe(from, name, to, name, status);
    }

    private Descriptor open(int directory, String name) {
        return calls.open(directory, name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
    }

    private void file(int from, int to, String name, long size) {
        try (Descriptor source = calls.open(from, name, Descriptor.O_RDONLY, 0);
                Descriptor target =
                        calls.open(to, name, Descriptor.O_WRONLY | Descriptor.O_CREAT | Descriptor.O_EXCL, 0600)) {
            long left = size;
            while (left > 0) {
                long count =
                        Syscall.COPY_FILE_RANGE.raw(source.number(), 0, target.number(), 0, Math.min(left, CHUNK), 0);
                if (count == -Errno.EXDEV || count == -Errno.EINVAL || count == -Errno.EOPNOTSUPP) {
                    left -= transfer(source, target, left);
                    return;
                }
                if (count < 0) {
                    throw new LinuxException("copy_file_range", FileCalls.text(name), (int) -count);
                }
                if (count == 0) {
                    return;
                }
                left -= count;
            }
        }
    }

    /** Copies through memory, for file systems that cannot do it themselves. */
    private static long transfer(Descriptor source, Descriptor target, long size) {
        try (var arena = java.lang.foreign.Arena.ofConfined()) {
            long buffer = arena.allocate(CHUNK).address();
            long left = size;
            while (left > 0) {
                long count = Syscall.READ.call("", source.number(), buffer, Math.min(left, CHUNK));
                if (count == 0) {
                    break;
                }
                for (long at = 0; at < count; ) {
                    at += Syscall.WRITE.call("", target.number(), buffer + at, count - at);
                }
                left -= count;
            }
            return size - left;
        }
    }

    private void describe(int from, String name, int to, String target, FileStatus status) {
        calls.chown(to, target, owners.userOutside(status.uid()), owners.groupOutside(status.gid()));
        for (String attribute : calls.listXattrs(from, name)) {
            if (!attribute.startsWith("trusted.overlay.")) {
                calls.getXattr(from, name, attribute).ifPresent(read -> {
                    byte[] value = attribute.equals("security.capability") ? owners.capabilityOutside(read) : read;
                    int result = calls.setXattr(to, target, attribute, value);
                    if (result < 0 && result != -Errno.EOPNOTSUPP && result != -Errno.EPERM) {
                        throw new LinuxException("lsetxattr", FileCalls.text(target), -result);
                    }
                });
            }
        }
        if (!status.isSymbolicLink()) {
            calls.chmod(to, target, status.permissions());
        }
        calls.setTime(to, target, status.modified(), status.nanos());
    }

    private static void check(String call, String path, int result) {
        if (result < 0) {
            throw new LinuxException(call, FileCalls.text(path), -result);
        }
    }
}
