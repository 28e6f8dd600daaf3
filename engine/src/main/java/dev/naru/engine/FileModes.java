package dev.naru.engine;

import dev.naru.linux.FileStatus;

/** Modes of files as Go's {@code os.FileMode} has them, which is what the API and its clients send, and as st_mode has them. */
public final class FileModes {
    private static final long[][] BITS = {
        {1L << 23, 04000}, {1L << 22, 02000}, {1L << 20, 01000},
    };
    private static final long DIRECTORY = 1L << 31;
    private static final long LINK = 1L << 27;
    private static final long DEVICE = 1L << 26;
    private static final long PIPE = 1L << 25;
    private static final long SOCKET = 1L << 24;
    private static final long CHARACTER = 1L << 21;

    private FileModes() {}

    /** A mode of st_mode, its type included. */
    public static int unix(long go) {
        int mode = (int) (go & 0777) | type(go);
        for (long[] pair : BITS) {
            if ((go & pair[0]) != 0) {
                mode |= (int) pair[1];
            }
        }
        return mode;
    }

    private static int type(long go) {
        if ((go & DIRECTORY) != 0) {
            return FileStatus.DIRECTORY;
        }
        if ((go & LINK) != 0) {
            return FileStatus.SYMBOLIC_LINK;
        }
        if ((go & DEVICE) != 0) {
            return (go & CHARACTER) != 0 ? FileStatus.CHARACTER_DEVICE : FileStatus.BLOCK_DEVICE;
        }
        if ((go & PIPE) != 0) {
            return FileStatus.FIFO;
        }
        return (go & SOCKET) != 0 ? FileStatus.SOCKET : FileStatus.REGULAR;
    }

    /** A mode as Go has it, its type included. */
    public static long go(int unix) {
        long mode = unix & 0777;
        for (long[] pair : BITS) {
            if ((unix & pair[1]) != 0) {
                mode |= pair[0];
            }
        }
        return mode
                | switch (unix & FileStatus.TYPE) {
                    case FileStatus.DIRECTORY -> DIRECTORY;
                    case FileStatus.SYMBOLIC_LINK -> LINK;
                    case FileStatus.CHARACTER_DEVICE -> DEVICE | CHARACTER;
                    case FileStatus.BLOCK_DEVICE -> DEVICE;
                    case FileStatus.FIFO -> PIPE;
                    case FileStatus.SOCKET -> SOCKET;
                    default -> 0;
                };
    }
}
