package dev.naru.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** Directories whose entries have nothing to do with each other (ioctl_iflags(2), FS_TOPDIR_FL; chattr(1), attribute T). */
public final class UnrelatedTrees {
    private static final long FS_IOC_GETFLAGS = 0x80086601L;
    private static final long FS_IOC_SETFLAGS = 0x40086602L;
    private static final int FS_TOPDIR_FL = 0x20000;

    private UnrelatedTrees() {}

    /**
     * Asks ext4 to put each new directory in here into a block group of its own, as it does with directories of the file
     * system's root. Otherwise all new files look for an inode among those that were just removed nearby: without a
     * journal, ext4 passes each of them for minutes, and making a file costs more with every container that ended. Other
     * file systems know no such attribute, and stay as they are.
     *
     * @throws LinuxException when there is no such directory
     */
    public static void spread(Path directory) {
        try (var open = Descriptor.open(directory.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
                var arena = Arena.ofConfined()) {
            MemorySegment flags = arena.allocate(ValueLayout.JAVA_LONG);
            if (Syscall.IOCTL.raw(open.number(), FS_IOC_GETFLAGS, flags.address()) == 0) {
                flags.set(ValueLayout.JAVA_INT, 0, flags.get(ValueLayout.JAVA_INT, 0) | FS_TOPDIR_FL);
                Syscall.IOCTL.raw(open.number(), FS_IOC_SETFLAGS, flags.address());
            }
        }
    }
}
