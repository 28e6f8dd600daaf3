package dev.naru.image;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One member of a tar stream. Names are byte strings: one char a byte, since nothing says they are UTF-8.
 *
 * @param mode the permission bits with set-uid, set-gid and sticky
 * @param size bytes of content in the stream
 * @param modified when, seconds since 1970
 * @param nanos the fraction of {@code modified}
 * @param link what a symbolic or hard link points at, otherwise empty
 * @param xattrs extended attributes by full name
 * @param sparse where the content's runs belong; null when it has no holes
 * @param realSize the file's size with its holes
 */
public record TarEntry(
        String name,
        Type type,
        int mode,
        long uid,
        long gid,
        long size,
        long modified,
        int nanos,
        String link,
        int major,
        int minor,
        Map<String, byte[]> xattrs,
        @Nullable List<Run> sparse,
        long realSize) {
    /** What an entry is. */
    public enum Type {
        FILE,
        HARD_LINK,
        SYMBOLIC_LINK,
        CHARACTER_DEVICE,
        BLOCK_DEVICE,
        DIRECTORY,
        FIFO
    }

    /** Content between two holes. */
    public record Run(long offset, long length) {}

    TarEntry withoutContent() {
        return new TarEntry(name, type, mode, uid, gid, 0, modified, nanos, link, major, minor, xattrs, null, 0);
    }

    /** A regular file of root. */
    public static TarEntry file(String name, int mode, long size, long modified) {
        return new TarEntry(name, Type.FILE, mode, 0, 0, size, modified, 0, "", 0, 0, Map.of(), null, size);
    }

    static TarEntry directory(String name, int mode, long modified) {
        return new TarEntry(name, Type.DIRECTORY, mode, 0, 0, 0, modified, 0, "", 0, 0, Map.of(), null, 0);
    }
}
