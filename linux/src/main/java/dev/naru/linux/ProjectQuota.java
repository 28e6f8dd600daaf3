package dev.naru.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Limits of directory trees on file systems that count projects: ext4 and xfs, mounted with prjquota (quotactl_fd(2);
 * linux/quota.h, linux/dqblk_xfs.h, linux/fs.h).
 */
public final class ProjectQuota {
    private static final int PROJECTS = 2;
    private static final int Q_GETQUOTA = 0x800007;
    private static final int Q_SETQUOTA = 0x800008;
    private static final int Q_XGETQSTAT = 0x5805;
    private static final int ENFORCED = 1 << 5;
    private static final int BLOCK_LIMITS = 1;
    private static final int BLOCK = 1024;
    private static final long FS_IOC_FSGETXATTR = 0x801c581fL;
    private static final long FS_IOC_FSSETXATTR = 0x401c5820L;
    private static final int INHERIT = 0x200;

    private ProjectQuota() {}

    /**
     * What a project has.
     *
     * @param limit bytes; 0 for none
     * @param used bytes
     */
    public record Usage(long limit, long used) {
        public boolean isUnused() {
            return limit == 0 && used == 0;
        }
    }

    /** Whether the file system of a directory enforces limits of projects. */
    public static boolean isEnforced(Path directory) {
        try (Arena arena = Arena.ofConfined();
                Descriptor open = open(directory)) {
            MemorySegment state = arena.allocate(256, 8);
            return quotactl(open, Q_XGETQSTAT, 0, state) >= 0 && (state.get(ValueLayout.JAVA_SHORT, 2) & ENFORCED) != 0;
        }
    }

    /** What a project has; empty when the file system knows nothing of it. */
    public static Optional<Usage> usage(Path directory, int project) {
        try (Arena arena = Arena.ofConfined();
                Descriptor open = open(directory)) {
            MemorySegment block = arena.allocate(72, 8);
            long result = quotactl(open, Q_GETQUOTA, project, block);
            return result < 0
                    ? Optional.empty()
                    : Optional.of(new Usage(
                            block.get(ValueLayout.JAVA_LONG, 0) * BLOCK, block.get(ValueLayout.JAVA_LONG, 16)));
        }
    }

    /**
     * Limits the bytes of a project; 0 for no limit.
     *
     * @throws LinuxException ESRCH where projects are not counted
     */
    public static void limit(Path directory, int project, long bytes) {
        try (Arena arena = Arena.ofConfined();
                Descriptor open = open(directory)) {
            MemorySegment block = arena.allocate(72, 8);
            long blocks = (bytes + BLOCK - 1) / BLOCK;
            block.set(ValueLayout.JAVA_LONG, 0, blocks);
            block.set(ValueLayout.JAVA_LONG, 8, blocks);
            block.set(ValueLayout.JAVA_INT, 64, BLOCK_LIMITS);
            long result = quotactl(open, Q_SETQUOTA, project, block);
            if (result < 0) {
                throw new LinuxException("quotactl_fd", directory.toString(), (int) -result);
            }
        }
    }

    /** Makes an empty directory, and all that is made in it, part of a project. */
    public static void assign(Path directory, int project) {
        try (Arena arena = Arena.ofConfined();
                Descriptor open = open(directory)) {
            MemorySegment attributes = arena.allocate(28, 8);
            Syscall.IOCTL.call(directory.toString(), open.number(), FS_IOC_FSGETXATTR, attributes.address());
            int flags = attributes.get(ValueLayout.JAVA_INT, 0);
            attributes.set(ValueLayout.JAVA_INT, 0, flags | INHERIT);
            attributes.set(ValueLayout.JAVA_INT, 12, project);
            Syscall.IOCTL.call(directory.toString(), open.number(), FS_IOC_FSSETXATTR, attributes.address());
        }
    }

    private static Descriptor open(Path directory) {
        return Descriptor.open(directory.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
    }

    private static long quotactl(Descriptor open, int command, int project, MemorySegment data) {
        return Syscall.QUOTACTL_FD.raw(
                open.number(), ((long) command << 8) | PROJECTS, Integer.toUnsignedLong(project), data.address(), 0, 0);
    }
}
