package dev.naru.linux;

/**
 * What statx(2) tells of a file.
 *
 * @param mode type and permission bits
 * @param modified seconds since 1970
 * @param nanos the fraction of {@code modified}
 * @param rdevMajor of a device file
 * @param isMountRoot whether something is mounted at this name
 */
public record FileStatus(
        int mode,
        long uid,
        long gid,
        long size,
        long blocks,
        long links,
        long inode,
        long modified,
        int nanos,
        int rdevMajor,
        int rdevMinor,
        int deviceMajor,
        int deviceMinor,
        boolean isMountRoot) {
    public static final int TYPE = 0170000;
    public static final int DIRECTORY = 0040000;
    public static final int REGULAR = 0100000;
    public static final int SYMBOLIC_LINK = 0120000;
    public static final int CHARACTER_DEVICE = 0020000;
    public static final int BLOCK_DEVICE = 0060000;
    public static final int FIFO = 0010000;
    public static final int SOCKET = 0140000;

    public int type() {
        return mode & TYPE;
    }

    public int permissions() {
        return mode & 07777;
    }

    public boolean isDirectory() {
        return type() == DIRECTORY;
    }

    public boolean isRegular() {
        return type() == REGULAR;
    }

    public boolean isSymbolicLink() {
        return type() == SYMBOLIC_LINK;
    }

    /** Whether overlayfs reads it as "deleted here" (Documentation/filesystems/overlayfs.rst, whiteouts). */
    public boolean isWhiteout() {
        return type() == CHARACTER_DEVICE && rdevMajor == 0 && rdevMinor == 0;
    }

    /** Device and inode in one number pair, to find hard links. */
    public Identity identity() {
        return new Identity(deviceMajor, deviceMinor, inode);
    }

    /** What two names of one file have in common. */
    public record Identity(int deviceMajor, int deviceMinor, long inode) {}
}
