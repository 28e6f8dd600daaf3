package dev.naru.image;

import dev.naru.linux.FileStatus;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A file of a layer that becomes an EROFS image; its content is in the image already, its description not yet. */
final class ErofsNode {
    /** The file's type, as in the mode of stat(2). */
    final int type;

    int permissions;
    long uid;
    long gid;
    long modified;
    int nanos;
    Map<String, byte[]> xattrs = Map.of();
    /** Names that it has; a directory's are counted when the image is finished. */
    int links;
    /** Bytes of content. */
    long size;
    /** The first block of its content. */
    long block;
    /** The number of a device file in the kernel's encoding. */
    int device;
    /** What a symbolic link points at. */
    String target = "";
    /** The blocks of a sparse file's chunks, -1 for a hole; null for a file in one piece. */
    int @Nullable [] chunks;
    /** Size of a chunk as a power of two of blocks. */
    int chunkBits;
    /** Where its inode is in the metadata, in bytes; zero until that is known. */
    long position;
    /** Whether no entry has described this directory: its attributes are those of the layers below. */
    boolean implicit;
    /** What is in this directory. */
    final @Nullable Map<String, ErofsNode> children;
    /** The directory above this directory; a root's is itself. */
    final ErofsNode parent;
    /** This directory's name. */
    final String name;

    private ErofsNode(int type, @Nullable ErofsNode parent, String name) {
        this.type = type;
        this.parent = parent == null ? this : parent;
        this.name = name;
        this.children = type == FileStatus.DIRECTORY ? new HashMap<>() : null;
    }

    static ErofsNode file(int type) {
        return new ErofsNode(type, null, "");
    }

    /** A directory; a null parent makes a root. */
    static ErofsNode directory(@Nullable ErofsNode parent, String name) {
        var node = new ErofsNode(FileStatus.DIRECTORY, parent, name);
        node.permissions = 0755;
        node.implicit = true;
        return node;
    }

    boolean isDirectory() {
        return children != null;
    }

    boolean isWhiteout() {
        return type == FileStatus.CHARACTER_DEVICE && device == 0;
    }

    /** What is in this directory. */
    Map<String, ErofsNode> children() {
        if (children == null) {
            throw new IllegalStateException("not a directory");
        }
        return children;
    }

    void describe(TarEntry entry, Map<String, byte[]> attributes) {
        permissions = entry.mode();
        uid = owner(entry.uid());
        gid = owner(entry.gid());
        modified = entry.modified();
        nanos = entry.nanos();
        xattrs = attributes;
        implicit = false;
    }

    /** The kernel takes 32 bits, and all of them set for "as it is" (chown(2)). */
    private static long owner(long id) {
        long low = id & 0xffffffffL;
        return low == 0xffffffffL ? 0 : low;
    }

    /** The number of its inode: 32-byte slots from the beginning of the metadata. */
    long number() {
        return position / ErofsFormat.SLOT;
    }

    /** The path from the root, of a directory. */
    String path() {
        var path = new StringBuilder();
        for (ErofsNode at = this; at.parent != at; at = at.parent) {
            path.insert(0, path.isEmpty() ? at.name : at.name + "/");
        }
        return path.toString();
    }
}
