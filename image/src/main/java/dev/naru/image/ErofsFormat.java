package dev.naru.image;

import dev.naru.linux.FileStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/** EROFS on disk (Linux, Documentation/filesystems/erofs.rst and fs/erofs/erofs_fs.h); everything is little-endian. */
final class ErofsFormat {
    /** Inodes are numbered in slots of so many bytes. */
    static final int SLOT = 32;
    /** Where the superblock is. */
    static final int SUPERBLOCK = 1024;

    static final int INODE = 64;
    static final int DIRENT = 12;
    /** Room behind the inode of an undescribed directory, for attributes that it gets from the layers below. */
    static final int SPARE = 512;

    private static final int MAGIC = 0xE0F5E1E2;
    private static final int SUPERBLOCK_SIZE = 128;
    private static final int COMPATIBLE_MTIME = 2;
    private static final int INCOMPATIBLE_CHUNKED = 4;
    private static final int EXTENDED = 1;
    private static final int FLAT_PLAIN = 0;
    private static final int CHUNK_BASED = 4;
    private static final int XATTR_HEADER = 12;

    /** Namespaces that have a number; a name begins with one of them, or is one. */
    private static final Map<String, Integer> PREFIXES = Map.of(
            "user.", 1, "system.posix_acl_access", 2, "system.posix_acl_default", 3, "trusted.", 4, "security.", 6);

    private ErofsFormat() {}

    static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The superblock.
     *
     * @param metadata block where the inodes begin
     * @param blocks of the whole image
     */
    static ByteBuffer superblock(int blockBits, long root, long inodes, long blocks, long metadata) {
        ByteBuffer block = buffer(SUPERBLOCK_SIZE);
        block.putInt(0, MAGIC);
        block.putInt(8, COMPATIBLE_MTIME);
        block.put(12, (byte) blockBits);
        block.putShort(14, (short) root);
        block.putLong(16, inodes);
        block.putInt(36, (int) blocks);
        block.putInt(40, (int) metadata);
        block.putInt(80, INCOMPATIBLE_CHUNKED);
        return block;
    }

    /** Bytes that an inode takes with its attributes and its map of chunks. */
    static int inodeSize(ErofsNode node) {
        int[] chunks = node.chunks;
        return INODE + xattrsSize(node.xattrs) + (chunks == null ? 0 : 4 * chunks.length);
    }

    /** An extended inode; the compact one has neither nanoseconds nor large ids. */
    static ByteBuffer inode(ErofsNode node, int serial) {
        ByteBuffer inode = buffer(inodeSize(node));
        int[] chunks = node.chunks;
        inode.putShort((short) (EXTENDED | (chunks == null ? FLAT_PLAIN : CHUNK_BASED) << 1));
        inode.putShort(xattrsCount(node.xattrs));
        inode.putShort((short) (node.type | node.permissions));
        inode.putShort((short) 0);
        inode.putLong(node.size);
        inode.putInt(place(node));
        inode.putInt(serial);
        inode.putInt((int) node.uid);
        inode.putInt((int) node.gid);
        inode.putLong(node.modified);
        inode.putInt(node.nanos);
        inode.putInt(node.links);
        inode.position(INODE);
        putXattrs(inode, node.xattrs);
        if (chunks != null) {
            for (int chunk : chunks) {
                inode.putInt(chunk);
            }
        }
        return inode.flip();
    }

    private static int place(ErofsNode node) {
        if (node.chunks != null) {
            return node.chunkBits;
        }
        boolean device = node.type == FileStatus.CHARACTER_DEVICE || node.type == FileStatus.BLOCK_DEVICE;
        return device ? node.device : (int) node.block;
    }

    /** A device's number as the kernel writes it in 32 bits (new_encode_dev). */
    static int device(int major, int minor) {
        return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xff) << 12;
    }

    /** Whether EROFS has a place for an attribute of this name. */
    static boolean hasPrefix(String attribute) {
        return !prefix(attribute).isEmpty();
    }

    private static String prefix(String attribute) {
        int dot = attribute.indexOf('.');
        String namespace = attribute.substring(0, dot + 1);
        boolean named = PREFIXES.containsKey(namespace) && attribute.length() > namespace.length();
        return named ? namespace : PREFIXES.containsKey(attribute) ? attribute : "";
    }

    /** Bytes of the attributes behind an inode; zero when there are none. */
    static int xattrsSize(Map<String, byte[]> xattrs) {
        if (xattrs.isEmpty()) {
            return 0;
        }
        int size = XATTR_HEADER;
        for (Map.Entry<String, byte[]> each : xattrs.entrySet()) {
            size += entrySize(each.getKey().length() - prefix(each.getKey()).length(), each.getValue().length);
        }
        return size;
    }

    /** What an inode says of the size of its attributes. */
    static short xattrsCount(Map<String, byte[]> xattrs) {
        int size = xattrsSize(xattrs);
        return (short) (size == 0 ? 0 : (size - XATTR_HEADER) / 4 + 1);
    }

    private static int entrySize(int name, int value) {
        return (4 + name + value + 3) & ~3;
    }

    /** Puts the attributes behind an inode; names are byte strings. */
    static void putXattrs(ByteBuffer target, Map<String, byte[]> xattrs) {
        if (xattrs.isEmpty()) {
            return;
        }
        target.position(target.position() + XATTR_HEADER);
        xattrs.forEach((attribute, value) -> {
            String prefix = prefix(attribute);
            byte[] name = attribute.substring(prefix.length()).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            int end = target.position() + entrySize(name.length, value.length);
            target.put((byte) name.length).put((byte) (int) PREFIXES.getOrDefault(prefix, 0));
            target.putShort((short) value.length).put(name).put(value);
            target.position(end);
        });
    }

    /** The type of a file as directory entries have it. */
    static byte entryType(int type) {
        return switch (type) {
            case FileStatus.REGULAR -> 1;
            case FileStatus.DIRECTORY -> 2;
            case FileStatus.CHARACTER_DEVICE -> 3;
            case FileStatus.BLOCK_DEVICE -> 4;
            case FileStatus.FIFO -> 5;
            case FileStatus.SOCKET -> 6;
            case FileStatus.SYMBOLIC_LINK -> 7;
            default -> 0;
        };
    }
}
