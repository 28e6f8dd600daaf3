package dev.naru.linux;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reading files of a directory tree that somebody else controls: nothing in it leads out of it, and nothing but a
 * regular file is opened (openat2(2), RESOLVE_IN_ROOT).
 */
public final class RootedFile {
    private static final long RESOLVE_NO_MAGICLINKS = 0x02;
    private static final long RESOLVE_NO_SYMLINKS = 0x04;
    private static final long RESOLVE_BENEATH = 0x08;
    private static final long RESOLVE_IN_ROOT = 0x10;
    private static final int TRIES = 128;

    private RootedFile() {}

    /** What was found. */
    public sealed interface Found {
        /** A regular file, with its first bytes. */
        record Content(byte[] bytes) implements Found {
            /** As text. */
            public String text() {
                return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
            }
        }

        /** There is nothing of that name. */
        record Absent() implements Found {}

        /** A symbolic link is on the way, which the caller did not want to follow. */
        record Linked() implements Found {}

        /** Something that is no regular file, or a part of the path is no directory. */
        record Other() implements Found {}
    }

    /**
     * Reads the beginning of a file.
     *
     * @param root the tree's root, a directory of the host
     * @param path relative to it
     * @param follow whether symbolic links are followed, inside the root
     * @param limit bytes that are read at most
     */
    public static Found read(Path root, String path, boolean follow, int limit) {
        try (Descriptor top = Descriptor.open(root.toString(), Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0)) {
            long resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (follow ? 0 : RESOLVE_NO_SYMLINKS);
            long result = open(top.number(), path, resolve);
            if (result < 0) {
                return missing((int) -result, path);
            }
            try (Descriptor file = new Descriptor((int) result)) {
                return content(file, limit);
            }
        }
    }

    /**
     * Opens something below a directory for naming only (O_PATH). Symbolic links are followed as long as they stay below.
     *
     * @throws LinuxException with EXDEV when the path leads out
     */
    public static Descriptor openBeneath(Path directory, String path) {
        try (Descriptor top = Descriptor.open(directory.toString(), Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0)) {
            long result = open(top.number(), path, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
            if (result < 0) {
                throw new LinuxException("openat2", directory + "/" + path, (int) -result);
            }
            return new Descriptor((int) result);
        }
    }

    private static Found missing(int errno, String path) {
        return switch (errno) {
            case Errno.ENOENT -> new Found.Absent();
            case Errno.ELOOP -> new Found.Linked();
            case Errno.ENOTDIR, Errno.EACCES, Errno.ENAMETOOLONG -> new Found.Other();
            default -> throw new LinuxException("openat2", path, errno);
        };
    }

    private static Found content(Descriptor file, int limit) {
        Path open = Path.of(file.path());
        if (!Files.isRegularFile(open)) {
            return new Found.Other();
        }
        try (InputStream in = Files.newInputStream(open)) {
            return new Found.Content(in.readNBytes(limit));
        } catch (IOException e) {
            throw new LinuxException("read", file.path(), Errno.EIO);
        }
    }

    /** Opens for naming only, so that no device is touched and no pipe waited for. */
    private static long open(int directory, String path, long resolve) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment how = arena.allocate(24, 8);
            how.set(ValueLayout.JAVA_LONG, 0, Descriptor.O_PATH | Descriptor.O_CLOEXEC);
            how.set(ValueLayout.JAVA_LONG, 16, resolve);
            long name = arena.allocateFrom(path).address();
            long result = -Errno.EAGAIN;
            // Anything renamed or mounted meanwhile, anywhere on the host, makes the kernel ask for another try at
            // "..".
            for (int i = 0; i < TRIES && result == -Errno.EAGAIN; i++) {
                result = Syscall.OPENAT2.raw(directory, name, how.address(), 24, 0, 0);
            }
            return result;
        }
    }
}
