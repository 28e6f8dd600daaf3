package dev.naru.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * File system calls on names relative to directory descriptors; none of them follows a symbolic link at the end of the
 * name. Names are byte strings, one char a byte, for file names need not be UTF-8: {@link #bytes} makes one.
 *
 * <p>Holds memory for its arguments, so it is for the thread that made it.
 */
public final class FileCalls implements AutoCloseable {
    private static final int NAME = 8192;
    private static final int LIST = 64 * 1024;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int STATX_BASIC = 0x7ff;
    private static final long STATX_ATTR_MOUNT_ROOT = 0x2000;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;
    private static final long RESOLVE_NO_XDEV = 1;
    private static final long RESOLVE_NO_MAGICLINKS = 2;
    private static final long RESOLVE_IN_ROOT = 0x10;
    private static final int RENAME_EXCHANGE = 2;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment first = arena.allocate(NAME);
    private final MemorySegment second = arena.allocate(NAME);
    private final MemorySegment structure = arena.allocate(256, 8);
    private @Nullable MemorySegment large;

    private long makerUser;
    private long makerGroup;

    /**
     * Makes files as another user from here on, with all capabilities: a file system that shows mapped owners has no
     * place for the host's root.
     */
    public void makeAs(long user, long group) {
        this.makerUser = user;
        this.makerGroup = group;
    }

    /**
     * Runs one call as who makes files. Nothing in between may block: the ids are those of the carrier thread.
     */
    private int asMaker(IntSupplier call) {
        if (makerUser == 0) {
            return call.getAsInt();
        }
        long header = structure.address();
        structure.set(ValueLayout.JAVA_INT, 0, CAPABILITY_VERSION_3);
        structure.set(ValueLayout.JAVA_INT, 4, 0);
        long data = structure.asSlice(8).address();
        Syscall.CAPGET.call("capabilities", header, data);
        try {
            Syscall.SETFSGID.raw(makerGroup, 0, 0);
            Syscall.SETFSUID.raw(makerUser, 0, 0);
            Syscall.CAPSET.call("capabilities", header, data);
            return call.getAsInt();
        } finally {
            Syscall.SETFSUID.raw(0, 0, 0);
            Syscall.SETFSGID.raw(0, 0, 0);
            Syscall.CAPSET.raw(header, data, 0);
        }
    }

    /** The byte string of a name in UTF-8. */
    public static String bytes(String name) {
        return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The text of a byte string that should be UTF-8. */
    public static String text(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static long put(MemorySegment target, String call, String name) {
        int length = name.length();
        if (length >= NAME) {
            throw new LinuxException(call, name.substring(0, 64) + "...", Errno.ENAMETOOLONG);
        }
        byte[] octets = name.getBytes(StandardCharsets.ISO_8859_1);
        MemorySegment.copy(octets, 0, target, ValueLayout.JAVA_BYTE, 0, length);
        target.set(ValueLayout.JAVA_BYTE, length, (byte) 0);
        return target.address();
    }

    private static long checked(String call, String name, long result) {
        if (result < 0) {
            throw new LinuxException(call, text(name), (int) -result);
        }
        return result;
    }

    /** Opens a name; a symbolic link at its end fails with ELOOP unless O_PATH is given. */
    public Descriptor open(int directory, String name, int flags, int mode) {
        long result = Syscall.OPENAT.raw(
                directory,
                put(first, "openat", name),
                flags | Descriptor.O_NOFOLLOW | Descriptor.O_CLOEXEC,
                mode,
                0,
                0);
        return new Descriptor((int) checked("openat", name, result));
    }

    /** Opens a new file; answers the descriptor's bare number or the negative error. */
    public int create(int directory, String name, int mode) {
        int flags = Descriptor.O_WRONLY
                | Descriptor.O_CREAT
                | Descriptor.O_EXCL
                | Descriptor.O_NOFOLLOW
                | Descriptor.O_CLOEXEC;
        long path = put(first, "openat", name);
        return asMaker(() -> (int) Syscall.OPENAT.raw(directory, path, flags, mode, 0, 0));
    }

    /**
     * Opens a path below a directory that is taken as the root: neither {@code ..} nor links nor mounts lead out of it
     * (openat2(2), RESOLVE_IN_ROOT).
     *
     * @return the descriptor's number, or the negative error
     */
    public int openInRoot(int root, String path, int flags) {
        return openInRoot(root, path, flags, RESOLVE_NO_XDEV);
    }

    /**
     * Opens a path like {@link #openInRoot}, also through mounts below the root, as in a running container.
     *
     * @return the descriptor's number, or the negative error
     */
    public int openAcrossMounts(int root, String path, int flags) {
        return openInRoot(root, path, flags, 0);
    }

    private int openInRoot(int root, String path, int flags, long more) {
        structure.set(ValueLayout.JAVA_LONG, 0, Integer.toUnsignedLong(flags | Descriptor.O_CLOEXEC));
        structure.set(ValueLayout.JAVA_LONG, 8, 0L);
        structure.set(ValueLayout.JAVA_LONG, 16, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | more);
        String relative = path.isEmpty() ? "." : path;
        long result;
        do {
            result = Syscall.OPENAT2.raw(root, put(first, "openat2", relative), structure.address(), 24, 0, 0);
        } while (result == -Errno.EINTR || result == -Errno.EAGAIN);
        return (int) result;
    }

    /** Zero, or the negative error. */
    public int mkdir(int directory, String name, int mode) {
        long path = put(first, "mkdirat", name);
        return asMaker(() -> (int) Syscall.MKDIRAT.raw(directory, path, mode));
    }

    /**
     * Makes a device file, fifo or socket.
     *
     * @return zero, or the negative error
     */
    public int mknod(int directory, String name, int mode, int major, int minor) {
        long high = (major & 0xfffff000L) << 32 | (minor & 0xffffff00L) << 12;
        long device = high | (major & 0xfffL) << 8 | (minor & 0xffL);
        long path = put(first, "mknodat", name);
        return asMaker(() -> (int) Syscall.MKNODAT.raw(directory, path, mode, device, 0, 0));
    }

    /** Zero, or the negative error. */
    public int symlink(String target, int directory, String name) {
        long content = put(second, "symlinkat", target);
        long path = put(first, "symlinkat", name);
        return asMaker(() -> (int) Syscall.SYMLINKAT.raw(content, directory, path));
    }

    /** Zero, or the negative error. */
    public int link(int fromDirectory, String from, int directory, String name) {
        return (int) Syscall.LINKAT.raw(
                fromDirectory, put(second, "linkat", from), directory, put(first, "linkat", name), 0, 0);
    }

    /**
     * Renames; with {@code replace} false an existing target is EEXIST.
     *
     * @return zero, or the negative error
     */
    public int rename(int fromDirectory, String from, int directory, String name, boolean replace) {
        return (int) Syscall.RENAMEAT2.raw(
                fromDirectory,
                put(second, "renameat2", from),
                directory,
                put(first, "renameat2", name),
                replace ? 0 : 1,
                0);
    }

    /** Gives each of two names in a directory what the other had, in one step; zero, or the negative error. */
    public int exchange(int directory, String one, String other) {
        return (int) Syscall.RENAMEAT2.raw(
                directory,
                put(second, "renameat2", one),
                directory,
                put(first, "renameat2", other),
                RENAME_EXCHANGE,
                0);
    }

    /** Zero, or the negative error. */
    public int unlink(int directory, String name) {
        return (int) Syscall.UNLINKAT.raw(directory, put(first, "unlinkat", name), 0);
    }

    /** Zero, or the negative error. */
    public int rmdir(int directory, String name) {
        return (int) Syscall.UNLINKAT.raw(directory, put(first, "unlinkat", name), AT_REMOVEDIR);
    }

    public void chown(int directory, String name, long uid, long gid) {
        checked(
                "fchownat",
                name,
                Syscall.FCHOWNAT.raw(directory, put(first, "fchownat", name), uid, gid, AT_SYMLINK_NOFOLLOW, 0));
    }

    /** Sets permission bits of what must not be a symbolic link. */
    public void chmod(int directory, String name, int mode) {
        checked("fchmodat", name, Syscall.FCHMODAT.raw(directory, put(first, "fchmodat", name), mode));
    }

    /** Sets modification and access time; an empty name means the descriptor itself. */
    public void setTime(int descriptor, String name, long seconds, int nanos) {
        for (int i = 0; i < 2; i++) {
            structure.set(ValueLayout.JAVA_LONG, 16L * i, seconds);
            structure.set(ValueLayout.JAVA_LONG, 16L * i + 8, nanos);
        }
        long path = name.isEmpty() ? 0 : put(first, "utimensat", name);
        int flags = name.isEmpty() ? 0 : AT_SYMLINK_NOFOLLOW;
        checked("utimensat", name, Syscall.UTIMENSAT.raw(descriptor, path, structure.address(), flags, 0, 0));
    }

    /** The status of a name, or of the descriptor when the name is empty; empty when there is no such file. */
    public Optional<FileStatus> status(int directory, String name) {
        int flags = AT_SYMLINK_NOFOLLOW | (name.isEmpty() ? AT_EMPTY_PATH : 0);
        long result =
                Syscall.STATX.raw(directory, put(first, "statx", name), flags, STATX_BASIC, structure.address(), 0);
        if (result == -Errno.ENOENT || result == -Errno.ENOTDIR) {
            return Optional.empty();
        }
        checked("statx", name, result);
        return Optional.of(new FileStatus(
                Short.toUnsignedInt(structure.get(ValueLayout.JAVA_SHORT, 28)),
                Integer.toUnsignedLong(structure.get(ValueLayout.JAVA_INT, 20)),
                Integer.toUnsignedLong(structure.get(ValueLayout.JAVA_INT, 24)),
                structure.get(ValueLayout.JAVA_LONG, 40),
                structure.get(ValueLayout.JAVA_LONG, 48),
                Integer.toUnsignedLong(structure.get(ValueLayout.JAVA_INT, 16)),
                structure.get(ValueLayout.JAVA_LONG, 32),
                structure.get(ValueLayout.JAVA_LONG, 112),
                structure.get(ValueLayout.JAVA_INT, 120),
                structure.get(ValueLayout.JAVA_INT, 128),
                structure.get(ValueLayout.JAVA_INT, 132),
                structure.get(ValueLayout.JAVA_INT, 136),
                structure.get(ValueLayout.JAVA_INT, 140),
                (structure.get(ValueLayout.JAVA_LONG, 8) & STATX_ATTR_MOUNT_ROOT) != 0));
    }

    public String readLink(int directory, String name) {
        MemorySegment target = large();
        long size = checked(
                "readlinkat",
                name,
                Syscall.READLINKAT.raw(directory, put(first, "readlinkat", name), target.address(), 8192, 0, 0));
        return string(target, 0, size);
    }

    /** The names in a directory opened for reading, without . and .., in no order. */
    public List<String> list(int directory) {
        MemorySegment buffer = large();
        var names = new ArrayList<String>();
        Syscall.LSEEK.call("", directory, 0, 0);
        while (true) {
            long size = Syscall.GETDENTS64.call("", directory, buffer.address(), LIST);
            if (size == 0) {
                return names;
            }
            for (long at = 0; at < size; ) {
                int length = Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 16));
                long end = at + 19;
                while (buffer.get(ValueLayout.JAVA_BYTE, end) != 0) {
                    end++;
                }
                String name = string(buffer, at + 19, end - at - 19);
                if (!name.equals(".") && !name.equals("..")) {
                    names.add(name);
                }
                at += length;
            }
        }
    }

    /**
     * Sets an extended attribute of an open file.
     *
     * @return zero, or the negative error
     */
    public int setXattr(int descriptor, String attribute, byte[] value) {
        return (int)
                Syscall.FSETXATTR.raw(descriptor, put(first, "fsetxattr", attribute), value(value), value.length, 0, 0);
    }

    /**
     * Sets an extended attribute of a name, also of a symbolic link or device.
     *
     * @return zero, or the negative error
     */
    public int setXattr(int directory, String name, String attribute, byte[] value) {
        return (int) Syscall.LSETXATTR.raw(
                put(first, "lsetxattr", "/proc/self/fd/" + directory + "/" + name),
                put(second, "lsetxattr", attribute),
                value(value),
                value.length,
                0,
                0);
    }

    /** An extended attribute of a name; empty when it has none of this name. */
    public Optional<byte[]> getXattr(int directory, String name, String attribute) {
        MemorySegment buffer = large();
        long size = Syscall.LGETXATTR.raw(
                put(first, "lgetxattr", path(directory, name)),
                put(second, "lgetxattr", attribute),
                buffer.address(),
                LIST,
                0,
                0);
        if (size == -Errno.ENODATA || size == -Errno.EOPNOTSUPP) {
            return Optional.empty();
        }
        checked("lgetxattr", name, size);
        return Optional.of(buffer.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE));
    }

    /** The names of a file's extended attributes. */
    public List<String> listXattrs(int directory, String name) {
        MemorySegment buffer = large();
        long size = Syscall.LLISTXATTR.raw(put(first, "llistxattr", path(directory, name)), buffer.address(), LIST);
        if (size == -Errno.EOPNOTSUPP || size == 0) {
            return List.of();
        }
        checked("llistxattr", name, size);
        return List.of(string(buffer, 0, size - 1).split("\0", -1));
    }

    private static String path(int directory, String name) {
        return name.isEmpty() ? "/proc/self/fd/" + directory + "/." : "/proc/self/fd/" + directory + "/" + name;
    }

    private long value(byte[] value) {
        if (value.length > LIST) {
            throw new LinuxException("setxattr", "", Errno.E2BIG);
        }
        MemorySegment.copy(value, 0, large(), ValueLayout.JAVA_BYTE, 0, value.length);
        return large().address();
    }

    private MemorySegment large() {
        MemorySegment known = large;
        if (known == null) {
            known = arena.allocate(LIST, 8);
            large = known;
        }
        return known;
    }

    private static String string(MemorySegment memory, long offset, long length) {
        byte[] octets = memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        arena.close();
    }
}
