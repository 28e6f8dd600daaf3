package dev.naru.cli;

/** Words of the protocol that carries files (fsutil.types.Packet). */
final class BuildPacket {
    static final int REQUEST = 1;
    static final int DATA = 2;
    static final int END = 3;
    static final int ERROR = 4;

    private static final int[][] KINDS = {
        {0040000, 1 << 31},
        {0120000, 1 << 27},
        {0060000, 1 << 26},
        {0020000, 1 << 26 | 1 << 21},
        {0010000, 1 << 25},
        {0140000, 1 << 24},
    };
    private static final int[][] BITS = {{04000, 1 << 23}, {02000, 1 << 22}, {01000, 1 << 20}};

    private BuildPacket() {}

    /** A mode of st_mode as Go's {@code os.FileMode} has it. */
    static long goMode(int mode) {
        int go = mode & 0777;
        for (int[] pair : BITS) {
            go |= (mode & pair[0]) != 0 ? pair[1] : 0;
        }
        for (int[] pair : KINDS) {
            go |= (mode & 0170000) == pair[0] ? pair[1] : 0;
        }
        return go & 0xffffffffL;
    }

    /** The type bits of st_mode that a mode of Go's has. */
    static int kind(long go) {
        int type = (int) go & (1 << 31 | 1 << 27 | 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21);
        for (int[] pair : KINDS) {
            if (type == pair[1]) {
                return pair[0];
            }
        }
        return 0100000;
    }
}
