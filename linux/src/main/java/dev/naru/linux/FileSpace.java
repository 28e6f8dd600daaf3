package dev.naru.linux;

import java.nio.file.Path;

/** Space of a file system that a file has before it is written. */
public final class FileSpace {
    private static final int FALLOC_FL_KEEP_SIZE = 1;

    private FileSpace() {}

    /**
     * Reserves space behind the end of a file, which keeps its length. In one piece that is found once, it costs less
     * than space that each write asks for.
     *
     * @return false when the file system has not so much, or does not reserve; writing may be possible then
     */
    public static boolean reserve(Path file, long from, long bytes) {
        try (Descriptor descriptor = Descriptor.open(file.toString(), Descriptor.O_WRONLY, 0)) {
            return Syscall.FALLOCATE.raw(descriptor.number(), FALLOC_FL_KEEP_SIZE, from, bytes, 0, 0) == 0;
        }
    }

    /** Gives back what is reserved behind the end of a file and was not written. */
    public static void giveBack(Path file, long length) {
        try (Descriptor descriptor = Descriptor.open(file.toString(), Descriptor.O_WRONLY, 0)) {
            Syscall.FTRUNCATE.call(file.toString(), descriptor.number(), length);
        }
    }
}
