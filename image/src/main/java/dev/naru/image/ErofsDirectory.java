package dev.naru.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The content of a directory: in each block entries sorted by name, then their names (erofs.rst, Directories). */
final class ErofsDirectory {
    private final ErofsOutput out;
    private final int blockSize;
    private final ByteBuffer block;
    private final List<Entry> gathered = new ArrayList<>();
    private int used;
    private long size;

    private record Entry(byte[] name, long number, byte type) {}

    ErofsDirectory(ErofsOutput out, int blockSize) {
        this.out = out;
        this.blockSize = blockSize;
        this.block = ErofsFormat.buffer(blockSize);
    }

    /** Writes a directory whose files have their numbers; answers its size. */
    long write(ErofsNode directory) throws IOException {
        String[] names = new String[directory.children().size() + 2];
        int count = 0;
        names[count++] = ".";
        names[count++] = "..";
        for (String name : directory.children().keySet()) {
            names[count++] = name;
        }
        // One char is one byte, so this is the order of the bytes.
        Arrays.sort(names);
        for (String name : names) {
            ErofsNode node =
                    switch (name) {
                        case "." -> directory;
                        case ".." -> directory.parent;
                        default -> Objects.requireNonNull(directory.children().get(name));
                    };
            add(new Entry(name.getBytes(StandardCharsets.ISO_8859_1), node.number(), ErofsFormat.entryType(node.type)));
        }
        flush(false);
        return size;
    }

    private void add(Entry entry) throws IOException {
        int needed = ErofsFormat.DIRENT + entry.name().length;
        if (used + needed > blockSize) {
            flush(true);
        }
        used += needed;
        gathered.add(entry);
    }

    private void flush(boolean more) throws IOException {
        block.clear();
        int name = ErofsFormat.DIRENT * gathered.size();
        for (Entry entry : gathered) {
            block.putLong(entry.number())
                    .putShort((short) name)
                    .put(entry.type())
                    .put((byte) 0);
            name += entry.name().length;
        }
        gathered.forEach(entry -> block.put(entry.name()));
        while (more && block.hasRemaining()) {
            block.put((byte) 0);
        }
        size += block.position();
        out.write(block.flip());
        gathered.clear();
        used = 0;
    }
}
