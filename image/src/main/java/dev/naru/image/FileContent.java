package dev.naru.image;

import dev.naru.linux.Syscall;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes an entry's content to a new file. */
final class FileContent {
    private FileContent() {}

    static void write(int descriptor, TarEntry entry, TarReader tar) {
        List<TarEntry.Run> runs = entry.sparse();
        if (runs == null) {
            for (ByteBuffer piece = tar.data(); piece != null; piece = tar.data()) {
                write(descriptor, piece);
            }
            return;
        }
        int next = 0;
        long left = 0;
        for (ByteBuffer piece = tar.data(); piece != null; piece = tar.data()) {
            while (piece.hasRemaining()) {
                while (left == 0) {
                    TarEntry.Run run = runs.get(next++);
                    Syscall.LSEEK.call("", descriptor, run.offset(), 0);
                    left = run.length();
                }
                int size = (int) Math.min(left, piece.remaining());
                write(descriptor, piece.slice(piece.position(), size));
                piece.position(piece.position() + size);
                left -= size;
            }
        }
        Syscall.FTRUNCATE.call("", descriptor, entry.realSize());
    }

    /** Writes all of a direct buffer. */
    static void write(int descriptor, ByteBuffer piece) {
        MemorySegment bytes = MemorySegment.ofBuffer(piece);
        long at = 0;
        while (at < bytes.byteSize()) {
            at += Syscall.WRITE.call("", descriptor, bytes.address() + at, bytes.byteSize() - at);
        }
    }
}
