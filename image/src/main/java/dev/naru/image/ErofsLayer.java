package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Turns a layer's tar stream into an EROFS image that overlayfs takes as a lower layer, by the same rules as
 * {@link LayerExtractor}: whiteouts become what overlayfs reads as such, and no name leads out of the layer.
 */
final class ErofsLayer implements AutoCloseable {
    private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_LINK = 4095;
    private static final int LARGEST_VALUE = 65535;
    private static final int LARGEST_ATTRIBUTES = 4 * 65535;

    private final ErofsTree tree = new ErofsTree();
    private final ErofsWriter writer;
    private final int mostFiles;
    private long size;

    /**
     * What came out.
     *
     * @param size bytes of the regular files
     * @param implicit directories that no entry described, with the place of their inodes in the file
     */
    record Result(long size, Map<String, Long> implicit) {}

    /** The layer has more files than are kept in memory. */
    static final class TooManyFiles extends Exception {
        private static final long serialVersionUID = 1;
    }

    /**
     * Prepares an image.
     *
     * @param mostFiles how many files its names may take memory for
     */
    ErofsLayer(Path file, int blockBits, int mostFiles) throws IOException {
        this.writer = new ErofsWriter(file, blockBits);
        this.mostFiles = mostFiles;
    }

    /** Takes all entries and finishes the image. */
    Result write(TarReader tar) throws IOException, TooManyFiles {
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            add(entry, tar);
            if (tree.files() > mostFiles) {
                throw new TooManyFiles();
            }
        }
        return new Result(size, writer.finish(tree.root()));
    }

    private void add(TarEntry entry, TarReader tar) throws IOException {
        LayerPath path = LayerPath.of(entry.name());
        if (path.isRoot()) {
            if (entry.type() == TarEntry.Type.DIRECTORY) {
                describe(tree.root(), entry);
            }
            return;
        }
        if (Whiteout.is(path)) {
            whiteout(path);
            return;
        }
        if (Whiteout.isBelowForeign(path)) {
            // The book-keeping of an old storage driver, which some old images carry.
            return;
        }
        ErofsNode parent = tree.directory(path.parent());
        switch (entry.type()) {
            case DIRECTORY -> directory(parent, path, entry);
            case HARD_LINK -> hardLink(parent, path, entry);
            case FILE -> {
                ErofsNode node = place(parent, path, entry, FileStatus.REGULAR);
                writer.content(node, entry, tar);
                size += entry.realSize();
            }
            case SYMBOLIC_LINK -> link(parent, path, entry);
            case CHARACTER_DEVICE -> device(parent, path, entry, FileStatus.CHARACTER_DEVICE);
            case BLOCK_DEVICE -> device(parent, path, entry, FileStatus.BLOCK_DEVICE);
            case FIFO -> place(parent, path, entry, FileStatus.FIFO);
        }
    }

    private ErofsNode place(ErofsNode parent, LayerPath path, TarEntry entry, int type) {
        ErofsNode node = ErofsNode.file(type);
        node.describe(entry, attributes(entry, type));
        tree.put(parent, path.name(), node);
        return node;
    }

    private void directory(ErofsNode parent, LayerPath path, TarEntry entry) {
        ErofsNode there = tree.find(parent, path.name());
        boolean opaque = there != null && (there.isWhiteout() || isOpaque(there));
        ErofsNode node = there;
        if (node == null || !node.isDirectory()) {
            node = ErofsNode.directory(parent, path.name());
            tree.put(parent, path.name(), node);
        }
        describe(node, entry);
        if (opaque) {
            setOpaque(node);
        }
    }

    private static void describe(ErofsNode directory, TarEntry entry) {
        boolean opaque = isOpaque(directory);
        directory.describe(entry, attributes(entry, FileStatus.DIRECTORY));
        if (opaque) {
            setOpaque(directory);
        }
    }

    private void link(ErofsNode parent, LayerPath path, TarEntry entry) {
        if (entry.link().isEmpty()) {
            throw refused(path, Errno.ENOENT);
        }
        if (entry.link().length() > LONGEST_LINK) {
            throw refused(path, Errno.ENAMETOOLONG);
        }
        ErofsNode node = place(parent, path, entry, FileStatus.SYMBOLIC_LINK);
        node.permissions = 0777;
        node.target = entry.link();
    }

    private void device(ErofsNode parent, LayerPath path, TarEntry entry, int type) {
        place(parent, path, entry, type).device = ErofsFormat.device(entry.major(), entry.minor());
    }

    private void hardLink(ErofsNode parent, LayerPath path, TarEntry entry) {
        LayerPath target = LayerPath.of(entry.link());
        if (target.path().equals(path.path())) {
            return;
        }
        ErofsNode node = tree.find(tree.existing(target.parent()), target.name());
        if (node == null || node.isDirectory()) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot link \"" + FileCalls.text(path.path()) + "\" to \"" + FileCalls.text(target.path()) + "\"",
                    Errno.message(node == null ? Errno.ENOENT : Errno.EPERM),
                    null);
        }
        tree.put(parent, path.name(), node);
    }

    private void whiteout(LayerPath path) {
        if (Whiteout.isOpaque(path)) {
            setOpaque(tree.directory(path.parent()));
            return;
        }
        if (Whiteout.isForeign(path)) {
            return;
        }
        String hidden = Whiteout.hidden(path);
        ErofsNode parent = tree.directory(path.parent());
        ErofsNode there = tree.find(parent, hidden);
        if (there == null) {
            tree.put(parent, hidden, ErofsNode.file(FileStatus.CHARACTER_DEVICE));
        } else if (there.isDirectory()) {
            // A whiteout speaks of lower layers only; what this layer has there stays and hides theirs.
            setOpaque(there);
        }
    }

    private static boolean isOpaque(ErofsNode node) {
        return node.xattrs.containsKey(LowerLayers.OPAQUE);
    }

    private static void setOpaque(ErofsNode node) {
        var xattrs = new HashMap<>(node.xattrs);
        xattrs.put(LowerLayers.OPAQUE, YES);
        node.xattrs = xattrs;
    }

    private static Map<String, byte[]> attributes(TarEntry entry, int type) {
        if (entry.xattrs().isEmpty()) {
            return Map.of();
        }
        var taken = new HashMap<String, byte[]>();
        entry.xattrs().forEach((attribute, value) -> {
            if (isAllowed(attribute, type)) {
                if (attribute.length() > 255 || value.length > LARGEST_VALUE) {
                    throw TarField.malformed("an extended attribute is too large");
                }
                taken.put(attribute, value);
            }
        });
        if (ErofsFormat.xattrsSize(taken) > LARGEST_ATTRIBUTES) {
            throw TarField.malformed("a file's extended attributes are too large");
        }
        return taken;
    }

    /** Overlayfs obeys its own attributes; user's exist on files and directories only (xattr(7)). */
    private static boolean isAllowed(String attribute, int type) {
        boolean userless = type != FileStatus.REGULAR && type != FileStatus.DIRECTORY;
        return ErofsFormat.hasPrefix(attribute)
                && !attribute.startsWith("trusted.overlay.")
                && attribute.indexOf('\0') < 0
                && !(userless && attribute.startsWith("user."));
    }

    private static NaruException refused(LayerPath path, int errno) {
        return new NaruException(
                ErrorKind.INVALID,
                "cannot extract \"" + FileCalls.text(path.path()) + "\"",
                Errno.message(errno),
                null);
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
