package dev.naru.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The small files and directories through which the kernel is read and set: procfs, sysfs, cgroups.
 *
 * <p>One value is one {@code write(2)}, because the kernel takes each write as a whole value; and a missing file is an
 * answer, not an exception, where callers probe for features.
 */
public final class KernelFile {
    private static final int CHUNK = 16 * 1024;
    private static final int LARGEST = 16 * 1024 * 1024;
    private static final int AT_REMOVEDIR = 0x200;

    private KernelFile() {}

    /**
     * Reads a whole file.
     *
     * @throws LinuxException when it is absent or can't be read
     */
    public static String read(String path) {
        try (Descriptor file = Descriptor.open(path, Descriptor.O_RDONLY, 0);
                Arena arena = Arena.ofConfined()) {
            return readAll(file.number(), path, arena);
        }
    }

    /** Reads a whole file; empty when it is absent. */
    public static Optional<String> readIfPresent(String path) {
        try {
            return Optional.of(read(path));
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.EOPNOTSUPP) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Writes one value to an existing file. */
    public static void write(String path, String value) {
        writeEach(path, List.of(value));
    }

    /** Writes several values to an existing file, each with its own write, opening it once. */
    public static void writeEach(String path, List<String> values) {
        try (Descriptor file = Descriptor.open(path, Descriptor.O_WRONLY, 0)) {
            for (String value : values) {
                try (Arena arena = Arena.ofConfined()) {
                    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
                    MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
                    Syscall.WRITE.call(path, file.number(), data.address(), bytes.length);
                }
            }
        }
    }

    /** Whether something is there. */
    public static boolean exists(String path) {
        try (Arena arena = Arena.ofConfined()) {
            long found = Syscall.OPENAT.raw(
                    Descriptor.CWD,
                    arena.allocateFrom(path).address(),
                    Descriptor.O_PATH | Descriptor.O_CLOEXEC,
                    0,
                    0,
                    0);
            if (found < 0) {
                return false;
            }
            new Descriptor((int) found).close();
            return true;
        }
    }

    /** Makes a directory; false when it was there. */
    public static boolean makeDirectory(String path, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            long result =
                    Syscall.MKDIRAT.raw(Descriptor.CWD, arena.allocateFrom(path).address(), mode);
            if (result == -Errno.EEXIST) {
                return false;
            }
            if (result < 0) {
                throw new LinuxException("mkdir", path, (int) -result);
            }
            return true;
        }
    }

    /** Removes an empty directory; false when it was not there. */
    public static boolean removeDirectory(String path) {
        try (Arena arena = Arena.ofConfined()) {
            long result = Syscall.UNLINKAT.raw(
                    Descriptor.CWD, arena.allocateFrom(path).address(), AT_REMOVEDIR);
            if (result == -Errno.ENOENT) {
                return false;
            }
            if (result < 0) {
                throw new LinuxException("rmdir", path, (int) -result);
            }
            return true;
        }
    }

    /** Gives a file of the kernel an extended attribute without a value; false where the file system has none. */
    public static boolean mark(String path, String attribute) {
        try (Arena arena = Arena.ofConfined()) {
            long result = Syscall.SETXATTR.raw(
                    arena.allocateFrom(path).address(),
                    arena.allocateFrom(attribute).address(),
                    0,
                    0,
                    0,
                    0);
            return result >= 0;
        }
    }

    /** Whether a file has the attribute. */
    public static boolean isMarked(String path, String attribute) {
        try (Arena arena = Arena.ofConfined()) {
            long result = Syscall.GETXATTR.raw(
                    arena.allocateFrom(path).address(),
                    arena.allocateFrom(attribute).address(),
                    0,
                    0,
                    0,
                    0);
            return result >= 0;
        }
    }

    private static String readAll(int file, String path, Arena arena) {
        MemorySegment chunk = arena.allocate(CHUNK);
        byte[] bytes = new byte[0];
        while (true) {
            int count = (int) Syscall.READ.call(path, file, chunk.address(), CHUNK);
            if (count == 0) {
                return new String(bytes, StandardCharsets.UTF_8);
            }
            if (bytes.length + count > LARGEST) {
                throw new LinuxException("read", path, Errno.EFBIG);
            }
            byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + count);
            MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, 0, longer, bytes.length, count);
            bytes = longer;
        }
    }
}
