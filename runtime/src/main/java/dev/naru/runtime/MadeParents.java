package dev.naru.runtime;

import dev.naru.linux.KernelFile;
import dev.naru.linux.LinuxException;
import java.util.Collection;

/**
 * Groups that were made only because a container's group should be below them. An attribute on the directory tells them
 * from those that somebody else has made, also after the engine's death; the last container takes them along.
 */
final class MadeParents {
    private static final String MARK = "trusted.naru.made";

    private MadeParents() {}

    /** Remembers that a directory which has just been made is only a way to the group. */
    static void made(String directory, String group) {
        if (!directory.equals(group)) {
            KernelFile.mark(directory, MARK);
        }
    }

    /** Removes what was made above a group that is gone, as far as nothing else is in it; {@code kept} stays. */
    static void remove(Collection<String> roots, String path, String kept) {
        for (String root : roots) {
            String parent = path;
            do {
                parent = parent.substring(0, parent.lastIndexOf('/'));
            } while (!parent.isEmpty() && !parent.equals(kept) && remove(root + parent));
        }
    }

    private static boolean remove(String directory) {
        try {
            return KernelFile.isMarked(directory, MARK) && KernelFile.removeDirectory(directory);
        } catch (LinuxException inUse) {
            return false;
        }
    }
}
