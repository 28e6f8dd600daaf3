package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes an EROFS image in one pass: contents as they come, then links and directories, then all inodes, and the
 * superblock last, so that a file without one was never finished.
 */
final class ErofsWriter implements AutoCloseable {
    private static final long MOST_BLOCKS = 0xfffffff0L;
    private static final int MOST_CHUNKS = 1 << 16;
    private static final int HOLE = -1;

    private final ErofsOutput out;
    private final int blockBits;
    private final int blockSize;

    /**
     * Makes an image.
     *
     * @param blockBits its block size as a power of two: 9 wastes the least, 12 is what kernels before 6.4 read
     */
    ErofsWriter(Path file, int blockBits) throws IOException {
        this.out = new ErofsOutput(file, blockBits);
        this.blockBits = blockBits;
        this.blockSize = 1 << blockBits;
        out.skip(4096);
    }

    /** Writes a regular file's content. */
    void content(ErofsNode node, TarEntry entry, TarReader tar) throws IOException {
        node.size = entry.realSize();
        require(node.size >> blockBits);
        List<TarEntry.Run> runs = entry.sparse();
        if (runs != null && node.size > 0) {
            sparse(node, runs, tar);
            return;
        }
        ByteBuffer piece = tar.data();
        if (piece != null) {
            node.block = begin();
            for (; piece != null; piece = tar.data()) {
                out.write(piece);
            }
        }
    }

    private long begin() throws IOException {
        long block = out.align();
        require(block);
        return block;
    }

    private void require(long blocks) {
        if (blocks >= MOST_BLOCKS || out.position() >> blockBits >= MOST_BLOCKS) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot write a layer",
                    "it is larger than " + (MOST_BLOCKS >> (40 - blockBits)) + " TiB",
                    "use the storage driver overlay2");
        }
    }

    /** Chunks with anything in them have a place, as holes where nothing is; others have none. */
    private void sparse(ErofsNode node, List<TarEntry.Run> runs, TarReader tar) throws IOException {
        int bits = Math.max(0, 12 - blockBits);
        while (((node.size - 1) >> (blockBits + bits)) >= MOST_CHUNKS) {
            bits++;
        }
        long chunkSize = 1L << (blockBits + bits);
        int[] chunks = new int[(int) (((node.size - 1) >> (blockBits + bits)) + 1)];
        Arrays.fill(chunks, HOLE);
        node.chunks = chunks;
        node.chunkBits = bits;
        long start = 0;
        ByteBuffer piece = ByteBuffer.allocate(0);
        for (TarEntry.Run run : runs) {
            for (long at = run.offset(), end = at + run.length(); at < end; ) {
                int chunk = (int) (at / chunkSize);
                if (chunks[chunk] == HOLE) {
                    fill(start, chunkSize);
                    start = out.align() << blockBits;
                    require((start + chunkSize) >> blockBits);
                    chunks[chunk] = (int) (start >> blockBits);
                }
                out.skip(start + at % chunkSize - out.position());
                if (!piece.hasRemaining()) {
                    ByteBuffer next = tar.data();
                    if (next == null) {
                        throw new IllegalStateException("the map promised more than the entry has");
                    }
                    piece = next;
                }
                int size = (int) Math.min(Math.min(end - at, piece.remaining()), chunkSize - at % chunkSize);
                out.write(piece.slice(piece.position(), size));
                piece.position(piece.position() + size);
                at += size;
            }
        }
        fill(start, chunkSize);
    }

    private void fill(long start, long chunkSize) throws IOException {
        if (start > 0) {
            out.skip(start + chunkSize - out.position());
        }
    }

    /**
     * Writes everything else.
     *
     * @return places in the file of the inodes of directories that no entry described, by path
     */
    Map<String, Long> finish(ErofsNode root) throws IOException {
        List<ErofsNode> nodes = number(root);
        for (ErofsNode node : nodes) {
            if (node.type == FileStatus.SYMBOLIC_LINK) {
                byte[] target = node.target.getBytes(StandardCharsets.ISO_8859_1);
                node.size = target.length;
                node.block = begin();
                out.write(ByteBuffer.wrap(target));
            } else if (node.isDirectory()) {
                node.block = begin();
                node.size = new ErofsDirectory(out, blockSize).write(node);
            }
        }
        long metadata = begin();
        Map<String, Long> implicit = new HashMap<>();
        int serial = 0;
        for (ErofsNode node : nodes) {
            long position = (metadata << blockBits) + node.position;
            out.skip(position - out.position());
            if (node.implicit) {
                implicit.put(node.path(), position);
                out.write(spare(node, ++serial));
            } else {
                out.write(ErofsFormat.inode(node, ++serial));
            }
        }
        long blocks = begin();
        out.finish(
                ErofsFormat.SUPERBLOCK,
                ErofsFormat.superblock(blockBits, root.number(), nodes.size(), blocks, metadata));
        return implicit;
    }

    private static ByteBuffer spare(ErofsNode node, int serial) {
        ByteBuffer inode = ErofsFormat.buffer(ErofsFormat.INODE + ErofsFormat.SPARE);
        inode.put(ErofsFormat.inode(node, serial));
        return inode.rewind();
    }

    /** Gives every file that has a name its inode number, counts the links of directories, and lists them. */
    private List<ErofsNode> number(ErofsNode root) {
        var nodes = new ArrayList<ErofsNode>();
        // Nobody shows a file whose number is zero, so the first slots stay empty.
        long at = ErofsFormat.INODE;
        root.links = 2;
        nodes.add(root);
        for (int i = 0; i < nodes.size(); i++) {
            ErofsNode node = nodes.get(i);
            at = place(node, at);
            if (node.isDirectory()) {
                for (ErofsNode child : node.children().values()) {
                    if (child.isDirectory()) {
                        node.links++;
                        child.links = 2;
                        nodes.add(child);
                    } else if (child.position == 0) {
                        child.position = 1;
                        nodes.add(child);
                    }
                }
            }
        }
        return nodes;
    }

    private long place(ErofsNode node, long free) {
        long at = (free + ErofsFormat.SLOT - 1) & -ErofsFormat.SLOT;
        if (at % blockSize + ErofsFormat.INODE > blockSize) {
            at = (at + blockSize - 1) & -blockSize;
        }
        node.position = at;
        return at + (node.implicit ? ErofsFormat.INODE + ErofsFormat.SPARE : ErofsFormat.inodeSize(node));
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
