package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.linux.FileTree;
import dev.naru.linux.LinuxException;
import dev.naru.linux.OwnerMap;
import dev.naru.linux.Syscall;
import java.io.InputStream;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Extracts a tar stream into a directory of a container's file system, which the container may be changing at the same
 * time. Links in the names are followed within the file system's root and never out of it; what is at the end of a name
 * is replaced, not followed.
 */
public final class TreeExtractor implements AutoCloseable {
    /**
     * How files are made.
     *
     * @param keepKinds whether a directory is never replaced by something else, nor something else by a directory
     * @param owner uid and gid for everything, or null for those in the stream
     * @param owners the owners that files get, outside, for those in the stream or {@code owner}, inside
     * @param faithful whether all extended attributes are kept, and the directory itself becomes what the stream says
     */
    public record Options(boolean keepKinds, long @Nullable [] owner, OwnerMap owners, boolean faithful) {
        /** Options for files that a user copies. */
        public Options(boolean keepKinds, long @Nullable [] owner, OwnerMap owners) {
            this(keepKinds, owner, owners, false);
        }

        /** Options for a copy of all that files have, as {@link TreeWriter#faithful} writes them. */
        public static Options all() {
            return new Options(false, null, OwnerMap.SAME, true);
        }

        long user(TarEntry entry) {
            return owners.userOutside(owner == null ? entry.uid() : owner[0]);
        }

        long group(TarEntry entry) {
            return owners.groupOutside(owner == null ? entry.gid() : owner[1]);
        }
    }

    private record DirectoryTime(String path, long seconds, int nanos) {}

    private final FileCalls calls = new FileCalls();
    private final Descriptor root;
    private final String base;
    private final Options options;
    private final List<DirectoryTime> times = new ArrayList<>();
    private @Nullable Descriptor parent;
    private String parentPath = "";
    private final SmallFiles files = new SmallFiles(this::describe);
    /** Whether the last file took the place of another: then the next one probably does, too. */
    private boolean replacing;

    private @Nullable TarEntry itself;

    /**
     * Prepares an extraction.
     *
     * @param root the file system's root; it stays open
     * @param base the directory's path below it, a byte string
     */
    public TreeExtractor(Descriptor root, String base, Options options) {
        this.root = root;
        this.base = LayerPath.of(base).path();
        this.options = options;
        if (!options.owners().isSame()) {
            calls.makeAs(options.owners().userOutside(0), options.owners().groupOutside(0));
        }
    }

    /**
     * Extracts all entries of a stream, plain or compressed.
     *
     * @throws NaruException INVALID for a stream that is no archive or leads out of the directory
     */
    public void extract(InputStream stream) {
        String name = "";
        try (ReadableByteChannel source = Compression.plain(new StreamChannel(stream));
                TarReader tar = new TarReader(source)) {
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                name = entry.name();
                extract(entry, tar);
            }
            files.finish();
            for (DirectoryTime time : times.reversed()) {
                LayerPath path = LayerPath.of(time.path());
                calls.setTime(parent(path.parent()), path.name(), time.seconds(), time.nanos());
            }
            TarEntry top = itself;
            if (top != null) {
                calls.setTime(parent(""), ".", top.modified(), top.nanos());
            }
        } catch (LinuxException failure) {
            throw failed(name, failure);
        } catch (FileBatch.Failed failure) {
            throw failed(failure.name(), failure.reason());
        } catch (java.io.IOException failure) {
            throw Failures.reading(failure);
        }
    }

    private static NaruException failed(String name, LinuxException failure) {
        String what = "cannot extract \"" + FileCalls.text(name) + "\"";
        return switch (failure.errno()) {
            case Errno.EBUSY, Errno.EROFS, Errno.EPERM, Errno.EACCES ->
                NaruException.because(ErrorKind.FORBIDDEN, what, failure);
            default -> Failures.of(what, failure);
        };
    }

    private void extract(TarEntry entry, TarReader tar) {
        LayerPath path = LayerPath.of(entry.name());
        if (path.isRoot()) {
            itself(entry);
            return;
        }
        if (entry.type() == TarEntry.Type.FILE) {
            file(path, entry, tar);
            return;
        }
        int in = parent(path.parent());
        String name = path.name();
        boolean directory = entry.type() == TarEntry.Type.DIRECTORY;
        FileStatus there = calls.status(in, name).orElse(null);
        if (there != null) {
            checkKind(path, there.isDirectory(), directory);
            if (!(directory && there.isDirectory())) {
                forget();
                in = parent(path.parent());
                FileTree.remove(calls, in, name);
                there = null;
            }
        }
        switch (entry.type()) {
            case DIRECTORY -> {
                if (there == null) {
                    check("mkdirat", path, calls.mkdir(in, name, 0700));
                }
                own(in, name, entry);
                attributes(in, name, entry);
                setMode(in, name, entry.mode());
                times.add(new DirectoryTime(path.path(), entry.modified(), entry.nanos()));
            }
            case FILE -> throw new IllegalStateException("a file is made elsewhere");
            case HARD_LINK -> hardLink(in, path, entry);
            case SYMBOLIC_LINK -> {
                check("symlinkat", path, calls.symlink(entry.link(), in, name));
                own(in, name, entry);
                attributes(in, name, entry);
                calls.setTime(in, name, entry.modified(), entry.nanos());
            }
            case CHARACTER_DEVICE -> node(in, path, entry, FileStatus.CHARACTER_DEVICE);
            case BLOCK_DEVICE -> node(in, path, entry, FileStatus.BLOCK_DEVICE);
            case FIFO -> node(in, path, entry, FileStatus.FIFO);
        }
    }

    private void checkKind(LayerPath path, boolean directoryThere, boolean directoryComes) {
        if (!options.keepKinds() || directoryThere == directoryComes) {
            return;
        }
        String target = FileCalls.text("/" + (base.isEmpty() ? "" : base + "/") + path.path());
        String name = FileCalls.text(path.path());
        throw new NaruException(
                ErrorKind.INVALID,
                directoryThere
                        ? "cannot overwrite directory \"" + target + "\" with non-directory \"" + name + "\""
                        : "cannot overwrite non-directory \"" + target + "\" with directory \"" + name + "\"");
    }

    private void file(LayerPath path, TarEntry entry, TarReader tar) {
        int made = make(path, entry);
        if (FileBatch.takes(entry)) {
            files.add(made, entry, tar);
            return;
        }
        try {
            FileContent.write(made, entry, tar);
            describe(made, entry, calls);
        } finally {
            Syscall.CLOSE.raw(made, 0, 0);
        }
    }

    /** Makes a file in place of what is there, in two calls whether something is there or not, as the last one was. */
    private int make(LayerPath path, TarEntry entry) {
        int in = parent(path.parent());
        int mode = firstMode(entry.mode());
        if (replacing) {
            replacing = calls.unlink(in, path.name()) == 0;
        }
        int made = calls.create(in, path.name(), mode);
        if (made == -Errno.EEXIST) {
            FileStatus there = calls.status(in, path.name()).orElse(null);
            if (there != null && there.isDirectory()) {
                checkKind(path, true, false);
                forget();
                in = parent(path.parent());
            }
            FileTree.remove(calls, in, path.name());
            replacing = true;
            made = calls.create(in, path.name(), mode);
        }
        check("openat", path, made);
        return made;
    }

    /** The mode a file is made with, which never lets anybody read it who may not at the end, whoever owns it then. */
    private static int firstMode(int mode) {
        boolean forAll = (mode >> 3 & 7) == (mode & 7);
        return forAll ? mode & 0777 : 0600;
    }

    /** Changes what is not so already: each change writes the inode. */
    private void describe(int made, TarEntry entry, FileCalls with) {
        FileStatus is = with.status(made, "").orElseThrow();
        if (is.uid() != options.user(entry) || is.gid() != options.group(entry)) {
            Syscall.FCHOWN.call("", made, options.user(entry), options.group(entry));
        }
        for (Map.Entry<String, byte[]> each : entry.xattrs().entrySet()) {
            if (each.getKey().startsWith("security.capability")) {
                with.setXattr(made, each.getKey(), options.owners().capabilityOutside(each.getValue()));
            } else if (options.faithful() || each.getKey().startsWith("user.")) {
                with.setXattr(made, each.getKey(), each.getValue());
            }
        }
        if (is.permissions() != entry.mode()) {
            Syscall.FCHMOD.call("", made, entry.mode());
        }
        with.setTime(made, "", entry.modified(), entry.nanos());
    }

    /** The directory that is extracted into. */
    private void itself(TarEntry entry) {
        if (!options.faithful() || entry.type() != TarEntry.Type.DIRECTORY) {
            return;
        }
        int in = parent("");
        own(in, ".", entry);
        attributes(in, ".", entry);
        calls.chmod(in, ".", entry.mode());
        itself = entry;
    }

    private void attributes(int in, String name, TarEntry entry) {
        if (options.faithful()) {
            entry.xattrs().forEach((attribute, value) -> {
                int result = calls.setXattr(in, name, attribute, value);
                if (result < 0 && result != -Errno.EOPNOTSUPP) {
                    throw new LinuxException("lsetxattr", FileCalls.text(name), -result);
                }
            });
        }
    }

    private void hardLink(int in, LayerPath path, TarEntry entry) {
        LayerPath target = LayerPath.of(entry.link());
        try (Descriptor source = directory(target.parent())) {
            check("linkat", path, calls.link(source.number(), target.name(), in, path.name()));
        }
    }

    private void node(int in, LayerPath path, TarEntry entry, int type) {
        check("mknodat", path, calls.mknod(in, path.name(), type | 0600, entry.major(), entry.minor()));
        own(in, path.name(), entry);
        attributes(in, path.name(), entry);
        setMode(in, path.name(), entry.mode());
        calls.setTime(in, path.name(), entry.modified(), entry.nanos());
    }

    private void own(int in, String name, TarEntry entry) {
        calls.chown(in, name, options.user(entry), options.group(entry));
    }

    /** By a descriptor, because the container could put a link in the name's place, which chmod would follow. */
    private void setMode(int in, String name, int mode) {
        try (Descriptor made = calls.open(in, name, Descriptor.O_PATH, 0)) {
            calls.chmod(Descriptor.CWD, made.path(), mode);
        }
    }

    private static void check(String call, LayerPath path, int result) {
        if (result < 0) {
            throw new LinuxException(call, FileCalls.text(path.path()), -result);
        }
    }

    /** The directory that the next entries are made in, kept open while it stays the same. */
    private int parent(String path) {
        Descriptor open = parent;
        if (open == null || !parentPath.equals(path)) {
            forget();
            open = directory(path);
            parent = open;
            parentPath = path;
        }
        return open.number();
    }

    private void forget() {
        if (parent != null) {
            parent.close();
            parent = null;
        }
    }

    private Descriptor directory(String path) {
        String full = base.isEmpty() || path.isEmpty() ? base + path : base + "/" + path;
        int opened = calls.openAcrossMounts(root.number(), full, Descriptor.O_PATH | Descriptor.O_DIRECTORY);
        if (opened == -Errno.ENOENT && !path.isEmpty()) {
            LayerPath split = LayerPath.of(path);
            try (Descriptor above = directory(split.parent())) {
                int made = calls.mkdir(above.number(), split.name(), 0755);
                if (made != -Errno.EEXIST) {
                    check("mkdirat", split, made);
                    calls.chown(
                            above.number(),
                            split.name(),
                            options.owners().userOutside(0),
                            options.owners().groupOutside(0));
                }
            }
            opened = calls.openAcrossMounts(root.number(), full, Descriptor.O_PATH | Descriptor.O_DIRECTORY);
        }
        if (opened < 0) {
            throw new LinuxException("openat2", FileCalls.text(full), -opened);
        }
        return new Descriptor(opened);
    }

    @Override
    public void close() {
        files.close();
        forget();
        calls.close();
    }
}
