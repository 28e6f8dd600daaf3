package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.linux.FileTree;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Extracts a layer's tar stream into a directory that becomes a lower directory of overlayfs: whiteouts become what
 * overlayfs reads as such (image-spec, layer.md, Whiteouts). Nothing outside the directory is touched, whatever the
 * stream holds.
 */
final class LayerExtractor implements AutoCloseable {
    private static final String OPAQUE_ATTRIBUTE = "trusted.overlay.opaque";
    private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);

    /** A directory's time, set when nothing is made in it any more. */
    private record DirectoryTime(String path, long seconds, int nanos) {}

    /**
     * What came out.
     *
     * @param size bytes of the regular files
     * @param implicit directories that no entry described
     */
    record Result(long size, Set<String> implicit) {}

    private final FileCalls calls = new FileCalls();
    private final Descriptor root;
    private final LayerDirectories directories;
    private final List<DirectoryTime> times = new ArrayList<>();
    private final boolean whiteouts;
    private long size;

    /**
     * Prepares an extraction.
     *
     * @param root the directory, open for reading; this object closes it
     * @param whiteouts whether names that begin with .wh. hide files of lower layers
     */
    LayerExtractor(Descriptor root, boolean whiteouts) {
        this.root = root;
        this.whiteouts = whiteouts;
        this.directories = new LayerDirectories(calls, root);
    }

    /** Extracts all entries. */
    Result extract(TarReader tar) {
        String name = "";
        try {
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                name = entry.name();
                extract(entry, tar);
            }
            for (DirectoryTime time : times.reversed()) {
                LayerPath path = LayerPath.of(time.path());
                if (path.isRoot()) {
                    calls.setTime(root.number(), ".", time.seconds(), time.nanos());
                } else {
                    calls.setTime(directories.get(path.parent()), path.name(), time.seconds(), time.nanos());
                }
            }
        } catch (LinuxException failure) {
            throw Failures.of("cannot extract \"" + FileCalls.text(name) + "\"", failure);
        }
        return new Result(size, Set.copyOf(directories.implicit()));
    }

    private void extract(TarEntry entry, TarReader tar) {
        LayerPath path = LayerPath.of(entry.name());
        if (path.isRoot()) {
            if (entry.type() == TarEntry.Type.DIRECTORY) {
                describe(root.number(), ".", "", entry);
            }
            return;
        }
        if (whiteouts && Whiteout.is(path)) {
            whiteout(path);
            return;
        }
        if (whiteouts && Whiteout.isBelowForeign(path)) {
            // The book-keeping of an old storage driver, which some old images carry.
            return;
        }
        int parent = directories.get(path.parent());
        switch (entry.type()) {
            case DIRECTORY -> directory(parent, path, entry);
            case FILE -> file(parent, path, entry, tar);
            case HARD_LINK -> hardLink(parent, path, entry);
            case SYMBOLIC_LINK -> {
                int at = place(parent, path, "symlinkat", in -> calls.symlink(entry.link(), in, path.name()));
                calls.chown(at, path.name(), entry.uid(), entry.gid());
                attributes(at, path.name(), entry.xattrs());
                calls.setTime(at, path.name(), entry.modified(), entry.nanos());
            }
            case CHARACTER_DEVICE -> node(parent, path, entry, FileStatus.CHARACTER_DEVICE);
            case BLOCK_DEVICE -> node(parent, path, entry, FileStatus.BLOCK_DEVICE);
            case FIFO -> node(parent, path, entry, FileStatus.FIFO);
        }
    }

    private interface Attempt {
        int run(int parent);
    }

    /** Makes something, in place of what an earlier entry has made there; answers the parent's descriptor. */
    private int place(int parent, LayerPath path, String call, Attempt attempt) {
        int in = parent;
        int result = attempt.run(in);
        if (result == -Errno.EEXIST) {
            in = clear(in, path);
            result = attempt.run(in);
        }
        if (result < 0) {
            throw new LinuxException(call, FileCalls.text(path.path()), -result);
        }
        return in;
    }

    /** Removes what is at the path; descriptors kept may lead through it. Answers the parent's new descriptor. */
    private int clear(int parent, LayerPath path) {
        FileTree.remove(calls, parent, path.name());
        directories.forget();
        return directories.get(path.parent());
    }

    private void directory(int parent, LayerPath path, TarEntry entry) {
        int in = parent;
        int result = calls.mkdir(in, path.name(), 0700);
        if (result == -Errno.EEXIST) {
            FileStatus there = calls.status(in, path.name()).orElseThrow();
            if (there.isDirectory()) {
                result = 0;
            } else {
                in = clear(in, path);
                result = calls.mkdir(in, path.name(), 0700);
                if (result == 0 && there.isWhiteout()) {
                    setOpaque(in, path.name());
                }
            }
        }
        if (result < 0) {
            throw new LinuxException("mkdirat", FileCalls.text(path.path()), -result);
        }
        describe(in, path.name(), path.path(), entry);
    }

    private void describe(int parent, String name, String path, TarEntry entry) {
        calls.chown(parent, name, entry.uid(), entry.gid());
        calls.chmod(parent, name, entry.mode());
        attributes(parent, name, entry.xattrs());
        times.add(new DirectoryTime(path, entry.modified(), entry.nanos()));
        directories.announced(path);
    }

    private void file(int parent, LayerPath path, TarEntry entry, TarReader tar) {
        int made = calls.create(parent, path.name(), 0600);
        if (made == -Errno.EEXIST) {
            made = calls.create(clear(parent, path), path.name(), 0600);
        }
        if (made < 0) {
            throw new LinuxException("openat", FileCalls.text(path.path()), -made);
        }
        try {
            FileContent.write(made, entry, tar);
            Syscall.FCHOWN.call("", made, entry.uid(), entry.gid());
            for (Map.Entry<String, byte[]> each : entry.xattrs().entrySet()) {
                if (isAllowed(each.getKey())) {
                    checkAttribute(each.getKey(), calls.setXattr(made, each.getKey(), each.getValue()));
                }
            }
            Syscall.FCHMOD.call("", made, entry.mode());
            calls.setTime(made, "", entry.modified(), entry.nanos());
        } finally {
            Syscall.CLOSE.raw(made, 0, 0);
        }
        size += entry.realSize();
    }

    private void hardLink(int parent, LayerPath path, TarEntry entry) {
        LayerPath target = LayerPath.of(entry.link());
        if (target.path().equals(path.path())) {
            return;
        }
        int source = calls.openInRoot(root.number(), target.parent(), Descriptor.O_PATH | Descriptor.O_DIRECTORY);
        if (source < 0) {
            throw missingTarget(path, target, -source);
        }
        try {
            place(parent, path, "linkat", in -> {
                int result = calls.link(source, target.name(), in, path.name());
                if (result == -Errno.ENOENT) {
                    throw missingTarget(path, target, Errno.ENOENT);
                }
                return result;
            });
        } finally {
            Syscall.CLOSE.raw(source, 0, 0);
        }
    }

    private static NaruException missingTarget(LayerPath path, LayerPath target, int errno) {
        return new NaruException(
                ErrorKind.INVALID,
                "cannot link \"" + FileCalls.text(path.path()) + "\" to \"" + FileCalls.text(target.path()) + "\"",
                Errno.message(errno),
                null);
    }

    private void node(int parent, LayerPath path, TarEntry entry, int type) {
        int in = place(
                parent, path, "mknodat", at -> calls.mknod(at, path.name(), type | 0600, entry.major(), entry.minor()));
        calls.chown(in, path.name(), entry.uid(), entry.gid());
        attributes(in, path.name(), entry.xattrs());
        calls.chmod(in, path.name(), entry.mode());
        calls.setTime(in, path.name(), entry.modified(), entry.nanos());
    }

    private void whiteout(LayerPath path) {
        if (Whiteout.isOpaque(path)) {
            if (path.parent().isEmpty()) {
                setOpaque(root.number(), ".");
            } else {
                LayerPath directory = LayerPath.of(path.parent());
                directories.get(path.parent());
                setOpaque(directories.get(directory.parent()), directory.name());
            }
            return;
        }
        if (Whiteout.isForeign(path)) {
            return;
        }
        String hidden = Whiteout.hidden(path);
        int parent = directories.get(path.parent());
        int result = calls.mknod(parent, hidden, FileStatus.CHARACTER_DEVICE, 0, 0);
        if (result == -Errno.EEXIST) {
            // A whiteout speaks of lower layers only; what this layer has there stays and hides theirs.
            FileStatus there = calls.status(parent, hidden).orElseThrow();
            if (there.isDirectory()) {
                setOpaque(parent, hidden);
            }
        } else if (result < 0) {
            throw new LinuxException("mknodat", FileCalls.text(path.path()), -result);
        }
    }

    private void setOpaque(int parent, String name) {
        int result = calls.setXattr(parent, name, OPAQUE_ATTRIBUTE, YES);
        if (result < 0) {
            throw new LinuxException("lsetxattr", FileCalls.text(name), -result);
        }
    }

    private void attributes(int parent, String name, Map<String, byte[]> xattrs) {
        xattrs.forEach((attribute, value) -> {
            if (isAllowed(attribute)) {
                checkAttribute(attribute, calls.setXattr(parent, name, attribute, value));
            }
        });
    }

    /** Overlayfs obeys its own attributes, so a layer that brings some could redirect its directories. */
    private static boolean isAllowed(String attribute) {
        return !attribute.startsWith("trusted.overlay.") && attribute.indexOf('\0') < 0;
    }

    private static void checkAttribute(String attribute, int result) {
        // A file system without such attributes, or a kind of file that cannot have them: the rest of it is still good.
        if (result < 0 && result != -Errno.EOPNOTSUPP && result != -Errno.EPERM) {
            throw new LinuxException("fsetxattr", attribute, -result);
        }
    }

    @Override
    public void close() {
        directories.close();
        root.close();
        calls.close();
    }
}
