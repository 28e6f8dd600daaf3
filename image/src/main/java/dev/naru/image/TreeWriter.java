package dev.naru.image;

import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.linux.LinuxException;
import dev.naru.linux.OwnerMap;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes files of a container's file system as a tar stream. The container may change them meanwhile: nothing is looked
 * up twice by name in a way that a link could lead elsewhere, and each file has as many bytes as its header says. Names
 * are byte strings ({@link FileCalls#bytes}).
 */
public final class TreeWriter implements AutoCloseable {
    private static final String CAPABILITY = "security.capability";

    private final FileCalls calls = new FileCalls();
    private final Map<FileStatus.Identity, String> linked = new HashMap<>();
    private final byte[] buffer = new byte[128 * 1024];
    private final TarWriter tar;
    private final boolean acrossMounts;
    private final OwnerMap owners;
    private final boolean faithful;

    /** A writer of all that files have: times to the nanosecond and all extended attributes too; mount points empty. */
    public static TreeWriter faithful(OutputStream out) {
        return new TreeWriter(out, false, OwnerMap.SAME, true);
    }

    /**
     * Prepares writing.
     *
     * @param acrossMounts whether what is mounted below is written too; otherwise mount points are written empty
     * @param owners the owners written, inside, of those that files have, outside
     */
    public TreeWriter(OutputStream out, boolean acrossMounts, OwnerMap owners) {
        this(out, acrossMounts, owners, false);
    }

    private TreeWriter(OutputStream out, boolean acrossMounts, OwnerMap owners, boolean faithful) {
        this.faithful = faithful;
        this.tar = new TarWriter(out);
        this.owners = owners;
        this.acrossMounts = acrossMounts;
    }

    /** Writes what is in a directory; {@code path} precedes their names. */
    public void children(Descriptor directory, String path) throws IOException {
        for (String name : calls.list(directory.number()).stream().sorted().toList()) {
            FileStatus status = calls.status(directory.number(), name).orElse(null);
            if (status == null) {
                continue;
            }
            try {
                visit(directory, name, path + name, status);
            } catch (LinuxException failure) {
                // Nothing of it is written before all of it is known, so what goes meanwhile is left out.
                if (failure.errno() != Errno.ENOENT
                        || calls.status(directory.number(), name).isPresent()) {
                    throw failure;
                }
            }
        }
    }

    /** Writes a directory with what is in it under the name {@code path}. */
    public void directory(Descriptor directory, String path) throws IOException {
        FileStatus status = calls.status(directory.number(), "").orElseThrow();
        String prefix = path.endsWith("/") ? path : path + "/";
        tar.begin(entry(directory, "", prefix, TarEntry.Type.DIRECTORY, status, ""));
        children(directory, prefix);
    }

    /** Writes one file, not following it when it is a link, with what is in it when it is a directory. */
    public void entry(Descriptor parent, String name, String path) throws IOException {
        FileStatus status = calls.status(parent.number(), name)
                .orElseThrow(() -> new LinuxException("statx", FileCalls.text(path), Errno.ENOENT));
        visit(parent, name, path, status);
    }

    /** Writes a file of ours that no file system has; of no time of its own. */
    public void file(String path, byte[] content) throws IOException {
        tar.file(TarEntry.file(path, 0644, content.length, 0), content);
    }

    /** Ends the archive; the stream stays open. */
    public void finish() throws IOException {
        tar.finish();
    }

    /** The type of an entry that has neither content nor entries of its own; null where tar has none. */
    static TarEntry.@Nullable Type dataless(FileStatus status) {
        return switch (status.type()) {
            case FileStatus.SYMBOLIC_LINK -> TarEntry.Type.SYMBOLIC_LINK;
            case FileStatus.CHARACTER_DEVICE -> TarEntry.Type.CHARACTER_DEVICE;
            case FileStatus.BLOCK_DEVICE -> TarEntry.Type.BLOCK_DEVICE;
            case FileStatus.FIFO -> TarEntry.Type.FIFO;
            // A socket is nothing without the process that listens on it.
            default -> null;
        };
    }

    private void visit(Descriptor directory, String name, String path, FileStatus status) throws IOException {
        switch (status.type()) {
            case FileStatus.DIRECTORY -> subdirectory(directory, name, path, status);
            case FileStatus.REGULAR -> file(directory, name, path, status);
            default -> {
                TarEntry.Type type = dataless(status);
                if (type != null) {
                    boolean link = type == TarEntry.Type.SYMBOLIC_LINK;
                    String target = link ? calls.readLink(directory.number(), name) : "";
                    tar.begin(entry(directory, name, path, type, status, target));
                }
            }
        }
    }

    private void subdirectory(Descriptor directory, String name, String path, FileStatus status) throws IOException {
        int opened = open(directory, name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY);
        if (opened == -Errno.ENOENT || opened == -Errno.ENOTDIR) {
            return;
        }
        tar.begin(entry(directory, name, path + "/", TarEntry.Type.DIRECTORY, status, ""));
        if (opened == -Errno.EXDEV) {
            return;
        }
        try (Descriptor child = new Descriptor(checked(opened, path))) {
            children(child, path + "/");
        }
    }

    private void file(Descriptor directory, String name, String path, FileStatus status) throws IOException {
        int opened = open(directory, name, Descriptor.O_RDONLY | Descriptor.O_NONBLOCK);
        if (opened == -Errno.ENOENT) {
            return;
        }
        if (opened == -Errno.EXDEV) {
            tar.begin(
                    entry(directory, name, path, TarEntry.Type.FILE, status, "").withoutContent());
            return;
        }
        try (Descriptor file = new Descriptor(checked(opened, path))) {
            FileStatus now = calls.status(file.number(), "").orElse(status);
            String first = now.links() > 1 ? linked.get(now.identity()) : null;
            if (first != null) {
                tar.begin(entry(directory, name, path, TarEntry.Type.HARD_LINK, now, first));
                return;
            }
            TarEntry entry = entry(directory, name, path, TarEntry.Type.FILE, now, "");
            if (now.links() > 1) {
                linked.put(now.identity(), path);
            }
            tar.begin(entry);
            if (now.size() > 0) {
                try (InputStream in = Files.newInputStream(Path.of(file.path()))) {
                    tar.write(in, now.size(), buffer);
                }
            }
        }
    }

    private int open(Descriptor directory, String name, int flags) {
        int confined = flags | Descriptor.O_NOFOLLOW;
        return acrossMounts
                ? calls.openAcrossMounts(directory.number(), name, confined)
                : calls.openInRoot(directory.number(), name, confined);
    }

    private static int checked(int opened, String path) {
        if (opened < 0) {
            throw new LinuxException("openat2", FileCalls.text(path), -opened);
        }
        return opened;
    }

    private TarEntry entry(
            Descriptor directory, String name, String path, TarEntry.Type type, FileStatus status, String link) {
        boolean content = type == TarEntry.Type.FILE;
        return new TarEntry(
                path,
                type,
                status.permissions(),
                owners.userInside(status.uid()),
                owners.groupInside(status.gid()),
                content ? status.size() : 0,
                status.modified(),
                faithful ? status.nanos() : 0,
                link,
                status.rdevMajor(),
                status.rdevMinor(),
                type == TarEntry.Type.HARD_LINK ? Map.of() : attributes(directory, name),
                null,
                content ? status.size() : 0);
    }

    private Map<String, byte[]> attributes(Descriptor directory, String name) {
        if (!faithful) {
            return capability(directory, name);
        }
        var all = new TreeMap<String, byte[]>();
        for (String attribute : calls.listXattrs(directory.number(), name)) {
            calls.getXattr(directory.number(), name, attribute).ifPresent(value -> all.put(attribute, value));
        }
        return all;
    }

    /** What Docker keeps of extended attributes when it copies: the capabilities of a program. */
    private Map<String, byte[]> capability(Descriptor directory, String name) {
        List<String> names = calls.listXattrs(directory.number(), name);
        if (!names.contains(CAPABILITY)) {
            return Map.of();
        }
        return calls.getXattr(directory.number(), name, CAPABILITY)
                .map(value -> Map.of(CAPABILITY, owners.capabilityInside(value)))
                .orElse(Map.of());
    }

    @Override
    public void close() {
        calls.close();
    }
}
