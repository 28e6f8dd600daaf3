package dev.naru.volume;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.ProjectQuota;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** How a volume's size is kept, as its document tells. */
sealed interface SizeLimit {
    /** Not at all. */
    record None() implements SizeLimit {}

    /** A file system in a file of that size. */
    record Image() implements SizeLimit {}

    /** A project of the data root's file system. */
    record Project(int id) implements SizeLimit {}

    String IMAGE = "image";
    String PROJECT = "project:";

    static SizeLimit of(@Nullable String text) {
        if (text == null) {
            return new None();
        }
        return text.startsWith(PROJECT) ? new Project(Integer.parseInt(text.substring(PROJECT.length()))) : new Image();
    }

    /**
     * What can limit a volume below this directory.
     *
     * @throws NaruException NOT_SUPPORTED when nothing can
     */
    static String choose(String name, Path root) {
        if (ProjectQuota.isEnforced(root)) {
            return PROJECT + freeProject(root);
        }
        if (ImageFile.maker().isPresent()) {
            return IMAGE;
        }
        throw new NaruException(
                ErrorKind.NOT_SUPPORTED,
                "create " + name,
                "quota size requested but no quota support",
                "install mkfs.ext4 (e2fsprogs), or mount the file system of " + root + " with prjquota");
    }

    private static int freeProject(Path root) {
        while (true) {
            int id = ThreadLocalRandom.current().nextInt(1 << 20, Integer.MAX_VALUE);
            Optional<ProjectQuota.Usage> usage = ProjectQuota.usage(root, id);
            if (usage.isEmpty() || usage.get().isUnused()) {
                return id;
            }
        }
    }
}
