package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.LinuxException;
import dev.naru.linux.RootedFile;
import java.nio.file.Path;

/**
 * Parts of volumes as sources of mounts. Containers write in volumes, so the part is looked at here for a good error only,
 * and found by the monitor when it mounts it, without ever leaving the volume (openat2(2), RESOLVE_BENEATH).
 */
final class LaunchSources {
    /** The monitor resolves what follows this beneath what stands before it. */
    private static final String BENEATH = "/./";

    private LaunchSources() {}

    /** The source by which the monitor mounts a part of a volume. */
    static String within(String volume, Path data, String subpath) {
        open(volume, data, subpath).close();
        return data + BENEATH + subpath;
    }

    /** A path of the host as a source, in which that has no meaning. */
    static String plain(String source) {
        String shorter = source;
        while (shorter.contains(BENEATH)) {
            shorter = shorter.replace(BENEATH, "/");
        }
        return shorter;
    }

    /**
     * Opens a part of a volume, for naming only.
     *
     * @throws NaruException INVALID when it leads out of the volume, NOT_FOUND when there is no such part
     */
    static Descriptor open(String volume, Path data, String subpath) {
        try {
            return RootedFile.openBeneath(data, subpath);
        } catch (LinuxException failure) {
            String what = "cannot access path " + data.resolve(subpath);
            boolean leaves = failure.errno() == Errno.EXDEV || failure.errno() == Errno.ELOOP;
            throw leaves
                    ? NaruException.invalid(what + ": it leads out of volume " + volume)
                    : new NaruException(
                            failure.errno() == Errno.ENOENT || failure.errno() == Errno.ENOTDIR
                                    ? ErrorKind.NOT_FOUND
                                    : ErrorKind.INTERNAL,
                            what,
                            Errno.message(failure.errno()),
                            null,
                            failure);
        }
    }
}
