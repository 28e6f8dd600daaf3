package dev.naru.engine;

import dev.naru.linux.FileStatus;

/** Modes of files as Go's {@code os.FileMode} has them, which is what the API shows. */
final class FileModes {
    private static final long DIRECTORY = 1L << 31;
    private static final long LINK = 1L << 27;
    private static final long DEVICE = 1L << 26;
    private static final long FIFO = 1L << 25;
    private static final long SOCKET = 1L << 24;
    private static final long SET_UID = 1L << 23;
    private static final long SET_GID = 1L << 22;
    private static final long CHARACTER_DEVICE = 1L << 21;
    private static final long STICKY = 1L << 20;

    private FileModes() {}

    static long of(FileStatus status) {
        long mode = status.permissions() & 0777;
        mode |= (status.permissions() & 04000) != 0 ? SET_UID : 0;
        mode |= (status.permissions() & 02000) != 0 ? SET_GID : 0;
        mode |= (status.permissions() & 01000) != 0 ? STICKY : 0;
        return mode
                | switch (status.type()) {
                    case FileStatus.DIRECTORY -> DIRECTORY;
                    case FileStatus.SYMBOLIC_LINK -> LINK;
                    case FileStatus.BLOCK_DEVICE -> DEVICE;
                    case FileStatus.CHARACTER_DEVICE -> DEVICE | CHARACTER_DEVICE;
                    case FileStatus.FIFO -> FIFO;
                    case FileStatus.SOCKET -> SOCKET;
                    default -> 0;
                };
    }
}
