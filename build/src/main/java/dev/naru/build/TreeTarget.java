package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.linux.FileTree;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file tree that is written. Links in the directories of a path are followed within the tree and never out of it; what
 * is at a path's end is replaced, not followed. For one thread.
 */
final class TreeTarget implements AutoCloseable {
    private static final int CHUNK = 1 << 20;

    private final FileCalls calls = new FileCalls();
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = arena.allocate(CHUNK);
    private final Descriptor root;
    private @Nullable Descriptor parent;
    private String parentPath = "";

    /** @param root stays open */
    TreeTarget(Descriptor root) {
        this.root = root;
    }

    /** What a file gets besides its content; -1 keeps an owner or a time as a new file has it. */
    record Attributes(int permissions, long uid, long gid, long seconds, int nanos, Map<String, byte[]> more) {}

    static String parentOf(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    /** The status at a path, whose last link is followed when asked for. */
    Optional<FileStatus> status(String path, boolean follow) {
        int flags = Descriptor.O_PATH | (follow ? 0 : Descriptor.O_NOFOLLOW);
        int opened = calls.openInRoot(root.number(), path, flags);
        if (opened == -Errno.ENOENT || opened == -Errno.ENOTDIR) {
            return Optional.empty();
        }
        check("openat2", path, opened);
        try (var file = new Descriptor(opened)) {
            return calls.status(file.number(), "");
        }
    }

    private static void check(String call, String path, int result) {
        if (result < 0) {
            throw failed(path, new LinuxException(call, FileCalls.text(path), -result));
        }
    }

    private static NaruException failed(String path, LinuxException failure) {
        return NaruException.because(
                failure.errno() == Errno.ENOSPC ? ErrorKind.UNAVAILABLE : ErrorKind.INVALID,
                "cannot write \"/" + FileCalls.text(path) + "\"",
                failure);
    }

    /** The directory of what is written next; missing ones are made, owned by root and with mode 0755. */
    private int parent(String path) {
        Descriptor open = parent;
        if (open == null || !parentPath.equals(path)) {
            forget();
            open = open(path, 0755, 0, 0);
            parent = open;
            parentPath = path;
        }
        return open.number();
    }

    private void forget() {
        if (parent != null) {
            parent.close();
            parent = null;
        }
    }

    private Descriptor open(String path, int mode, long uid, long gid) {
        int flags = Descriptor.O_PATH | Descriptor.O_DIRECTORY;
        int opened = calls.openInRoot(root.number(), path, flags);
        if (opened == -Errno.ENOENT && !path.isEmpty()) {
            try (Descriptor above = open(parentOf(path), mode, uid, gid)) {
                String name = CopySelection.last(path);
                int made = calls.mkdir(above.number(), name, 0755);
                if (made == 0) {
                    calls.chmod(above.number(), name, mode);
                    calls.chown(above.number(), name, uid, gid);
                } else if (made != -Errno.EEXIST) {
                    check("mkdirat", path, made);
                }
            }
            opened = calls.openInRoot(root.number(), path, flags);
        }
        check("openat2", path, opened);
        return new Descriptor(opened);
    }

    /** Makes a directory and those above it, with this mode and owner where they are new. */
    void directories(String path, int mode, long uid, long gid) {
        open(path, mode, Math.max(0, uid), Math.max(0, gid)).close();
    }

    /** Makes a directory unless there is one, also through a link; answers whether it is new. */
    boolean directory(String path, boolean replace) {
        Optional<FileStatus> there = status(path, true);
        if (there.filter(FileStatus::isDirectory).isPresent()) {
            return false;
        }
        Optional<FileStatus> itself = status(path, false);
        if (itself.isPresent()) {
            if (!replace) {
                throw NaruException.invalid("cannot copy to non-directory: \"/" + FileCalls.text(path) + "\"");
            }
            remove(path);
        }
        int in = parent(parentOf(path));
        check("mkdirat", path, calls.mkdir(in, CopySelection.last(path), 0755));
        return true;
    }

    /** Sets a directory's attributes, which must come after its contents for its time's sake. */
    void describe(String path, Attributes attributes) {
        try (Descriptor directory = open(path, 0755, 0, 0)) {
            long uid = attributes.uid() < 0 ? 0 : attributes.uid();
            calls.chown(directory.number(), ".", uid, attributes.gid() < 0 ? 0 : attributes.gid());
            calls.chmod(directory.number(), ".", attributes.permissions());
            attributes.more().forEach((name, value) -> calls.setXattr(directory.number(), ".", name, value));
            if (attributes.seconds() >= 0) {
                calls.setTime(directory.number(), ".", attributes.seconds(), attributes.nanos());
            }
        } catch (LinuxException failure) {
            throw failed(path, failure);
        }
    }

    /** Writes a regular file from an open one. */
    void file(String path, Descriptor content, Attributes attributes) {
        int in = vacant(path);
        String name = CopySelection.last(path);
        int made = calls.create(in, name, 0600);
        check("openat", path, made);
        try (var file = new Descriptor(made)) {
            transfer(content, file);
            finish(file.number(), attributes);
        } catch (LinuxException failure) {
            throw failed(path, failure);
        }
    }

    /**
     * Where a file is that was written just now, without links on the way.
     *
     * @return empty when that cannot be said
     */
    Optional<String> place(String path) {
        String top = calls.readLink(Descriptor.CWD, root.path());
        String directory = calls.readLink(Descriptor.CWD, "/proc/self/fd/" + parent(parentOf(path)));
        String prefix = top.endsWith("/") ? top : top + "/";
        if (!(directory + "/").startsWith(prefix)) {
            return Optional.empty();
        }
        String below = directory.equals(top) ? "" : directory.substring(prefix.length());
        return Optional.of(ReadableTree.join(below, CopySelection.last(path)));
    }

    /** Writes a small regular file. */
    void file(String path, byte[] content, Attributes attributes) {
        int in = vacant(path);
        int made = calls.create(in, CopySelection.last(path), 0600);
        check("openat", path, made);
        try (var file = new Descriptor(made)) {
            for (int at = 0; at < content.length; at += CHUNK) {
                int part = Math.min(CHUNK, content.length - at);
                MemorySegment.copy(MemorySegment.ofArray(content), at, buffer, 0, part);
                write(file, part);
            }
            finish(file.number(), attributes);
        } catch (LinuxException failure) {
            throw failed(path, failure);
        }
    }

    private void finish(int file, Attributes attributes) {
        Syscall.FCHOWN.call("", file, Math.max(0, attributes.uid()), Math.max(0, attributes.gid()));
        attributes.more().forEach((name, value) -> calls.setXattr(file, name, value));
        Syscall.FCHMOD.call("", file, attributes.permissions());
        if (attributes.seconds() >= 0) {
            calls.setTime(file, "", attributes.seconds(), attributes.nanos());
        }
    }

    /** Blocks of zeros become holes, so that a sparse file stays one. */
    private void transfer(Descriptor from, Descriptor to) {
        long hole = 0;
        while (true) {
            long count = Syscall.READ.call("", from.number(), buffer.address(), CHUNK);
            if (count == 0) {
                break;
            }
            if (count == CHUNK && buffer.mismatch(zeros()) < 0) {
                hole = Syscall.LSEEK.call("", to.number(), count, 1);
                continue;
            }
            hole = 0;
            write(to, count);
        }
        if (hole > 0) {
            Syscall.FTRUNCATE.call("", to.number(), hole);
        }
    }

    private @Nullable MemorySegment zeros;

    private MemorySegment zeros() {
        MemorySegment known = zeros;
        if (known == null) {
            known = arena.allocate(CHUNK);
            zeros = known;
        }
        return known;
    }

    private void write(Descriptor to, long count) {
        for (long at = 0; at < count; ) {
            at += Syscall.WRITE.call("", to.number(), buffer.address() + at, count - at);
        }
    }

    /** Makes room for a file; answers its directory. */
    private int vacant(String path) {
        int in = parent(parentOf(path));
        String name = CopySelection.last(path);
        Optional<FileStatus> there = calls.status(in, name);
        if (there.isPresent()) {
            if (there.get().isDirectory()) {
                throw NaruException.invalid("cannot replace to directory \"/" + FileCalls.text(path) + "\" with file");
            }
            check("unlinkat", path, calls.unlink(in, name));
        }
        return in;
    }

    void symbolicLink(String path, String target, Attributes attributes) {
        int in = vacant(path);
        String name = CopySelection.last(path);
        check("symlinkat", path, calls.symlink(target, in, name));
        calls.chown(in, name, Math.max(0, attributes.uid()), Math.max(0, attributes.gid()));
        if (attributes.seconds() >= 0) {
            calls.setTime(in, name, attributes.seconds(), attributes.nanos());
        }
    }

    /** Makes a device, a pipe or a socket's place. */
    void node(String path, TreeFile file, Attributes attributes) {
        int in = vacant(path);
        String name = CopySelection.last(path);
        check("mknodat", path, calls.mknod(in, name, file.type() | 0600, file.major(), file.minor()));
        calls.chown(in, name, Math.max(0, attributes.uid()), Math.max(0, attributes.gid()));
        calls.chmod(in, name, attributes.permissions());
        if (attributes.seconds() >= 0) {
            calls.setTime(in, name, attributes.seconds(), attributes.nanos());
        }
    }

    void hardLink(String target, String path) {
        int opened = calls.openInRoot(root.number(), parentOf(target), Descriptor.O_PATH | Descriptor.O_DIRECTORY);
        check("openat2", target, opened);
        try (var directory = new Descriptor(opened)) {
            int in = vacant(path);
            check(
                    "linkat",
                    path,
                    calls.link(directory.number(), CopySelection.last(target), in, CopySelection.last(path)));
        }
    }

    /** Removes what is at a path with all below it. */
    void remove(String path) {
        forget();
        int in = parent(parentOf(path));
        try {
            FileTree.remove(calls, in, CopySelection.last(path));
        } catch (LinuxException failure) {
            throw failed(path, failure);
        }
        forget();
    }

    @Override
    public void close() {
        forget();
        arena.close();
        calls.close();
    }
}
