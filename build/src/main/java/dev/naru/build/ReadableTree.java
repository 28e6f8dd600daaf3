package dev.naru.build;

import dev.naru.linux.Descriptor;
import java.util.List;
import java.util.Optional;

/**
 * A file tree that is read. Paths are byte strings relative to the root without leading slash, the root is empty; no
 * part of a path is a symbolic link unless it is followed by {@link #resolve}. Nothing leads out of the tree.
 */
public interface ReadableTree extends AutoCloseable {
    Optional<TreeFile> file(String path);

    /** The names in a directory, sorted. */
    List<String> list(String path);

    /** Opens a regular file for reading. */
    Descriptor open(String path);

    /** What a regular file's content is called: its digest. */
    String digest(String path);

    /** Extended attributes of a file that a copy keeps, by name. */
    default java.util.Map<String, byte[]> attributes(String path) {
        return java.util.Map.of();
    }

    @Override
    void close();

    /**
     * Follows the symbolic links in a path within the tree.
     *
     * @param last whether one at its end is followed too
     * @return the path without links; it need not exist
     */
    default String resolve(String path, boolean last) {
        return new LinkWalk(this).resolve(path, last);
    }

    static String join(String directory, String name) {
        return directory.isEmpty() ? name : name.isEmpty() ? directory : directory + "/" + name;
    }
}
