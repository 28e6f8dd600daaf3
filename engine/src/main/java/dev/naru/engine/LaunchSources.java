package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.LinuxException;
import dev.naru.linux.RootedFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Sources of mounts that lie in places where containers write. Each is opened once, without ever leaving its place, and
 * mounted by that descriptor: whatever is renamed or linked afterwards, what was checked is what is mounted. Open until
 * the launch is over.
 */
final class LaunchSources implements AutoCloseable {
    private final List<Descriptor> open = new ArrayList<>();

    /** A path of this process under which the part of a volume can be mounted by another. */
    String within(String volume, Path data, String subpath) {
        Descriptor found = open(volume, data, subpath);
        open.add(found);
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + found.number();
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

    @Override
    public void close() {
        open.forEach(Descriptor::close);
        open.clear();
    }
}
