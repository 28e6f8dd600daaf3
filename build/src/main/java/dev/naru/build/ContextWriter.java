package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Sha256;
import dev.naru.linux.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes contents, one after the other, and writes those that are new. A small one is hashed before anything is written;
 * a large one is written beside while it is hashed.
 */
public final class ContextWriter implements AutoCloseable {
    private static final int SMALL = 1 << 20;
    private static final int HOLE = 4 << 10;

    private final ContextFiles files;
    private final FileCalls calls = new FileCalls();
    private final Descriptor directory;
    private final Arena arena = Arena.ofConfined();
    /** Made with the first content: most are known already. */
    private @Nullable MemorySegment scratch;

    ContextWriter(ContextFiles files) {
        this.files = requireNonNull(files, "files");
        this.directory = Descriptor.open(files.root().toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
    }

    /** Where a content comes from: pieces until an empty result. */
    public interface Pieces {
        /** The next bytes; null at the end. */
        @Nullable
        ByteBuffer next();
    }

    /** Whether a content is here already, which counts as a use of it. */
    public boolean has(String digest) {
        return files.has(calls, directory.number(), digest);
    }

    /** Takes one content; answers its digest, 64 hexadecimal digits. */
    public String take(Pieces pieces) {
        try (var hash = new Sha256()) {
            ByteBuffer rest = null;
            long held = 0;
            for (ByteBuffer piece = pieces.next(); piece != null && rest == null; ) {
                held += fill(held, piece);
                if (piece.hasRemaining()) {
                    rest = piece;
                } else {
                    piece = pieces.next();
                }
            }
            MemorySegment whole = memory().asSlice(0, held);
            hash.update(whole);
            return rest == null ? small(hash, whole) : large(hash, rest, pieces);
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot keep a file of the context", failure);
        }
    }

    private MemorySegment memory() {
        MemorySegment known = scratch;
        if (known == null) {
            known = arena.allocate(SMALL);
            scratch = known;
        }
        return known;
    }

    /** Copies what there is room for behind what is held. */
    private long fill(long held, ByteBuffer piece) {
        int count = (int) Math.min(piece.remaining(), SMALL - held);
        MemorySegment bytes = MemorySegment.ofBuffer(piece);
        MemorySegment.copy(bytes, 0, memory(), held, count);
        piece.position(piece.position() + count);
        return count;
    }

    /** Takes one that is in memory as a whole, outside of the heap. */
    public String take(MemorySegment content) {
        try (var hash = new Sha256()) {
            hash.update(content);
            return small(hash, content);
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot keep a file of the context", failure);
        }
    }

    /** Takes two that are in memory as a whole; answers the digests of both. */
    public List<String> take(MemorySegment content, MemorySegment other) {
        try (var hash = new Sha256();
                var otherHash = new Sha256()) {
            Sha256.update(hash, content, otherHash, other);
            return List.of(small(hash, content), small(otherHash, other));
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot keep a file of the context", failure);
        }
    }

    private String small(Sha256 hash, MemorySegment content) {
        String digest = hash.hex();
        if (!files.has(calls, directory.number(), digest)) {
            String beside = ContextFiles.beside();
            try (Descriptor file = create(beside)) {
                write(file, content);
            }
            place(beside, digest);
        }
        return digest;
    }

    /** The memory is full and hashed, and more comes. */
    private String large(Sha256 hash, ByteBuffer rest, Pieces pieces) {
        String beside = ContextFiles.beside();
        boolean placed = false;
        try (Descriptor file = create(beside)) {
            write(file, memory());
            for (ByteBuffer piece = rest; piece != null; ) {
                long held = 0;
                while (piece != null && held < SMALL) {
                    held += fill(held, piece);
                    piece = piece.hasRemaining() ? piece : pieces.next();
                }
                MemorySegment part = memory().asSlice(0, held);
                hash.update(part);
                write(file, part);
            }
            String digest = hash.hex();
            place(beside, digest);
            placed = true;
            return digest;
        } finally {
            if (!placed) {
                calls.unlink(directory.number(), beside);
            }
        }
    }

    private Descriptor create(String name) {
        int made = calls.create(directory.number(), name, 0600);
        if (made < 0) {
            throw new LinuxException("openat", name, -made);
        }
        return new Descriptor(made);
    }

    /** Blocks of zeros stay holes: a client's sparse file must not fill the disk. */
    private static void write(Descriptor file, MemorySegment bytes) {
        long size = bytes.byteSize();
        for (long at = 0; at < size; ) {
            long end = at;
            while (end < size && !isHole(bytes, end)) {
                end = Math.min(size, end + HOLE);
            }
            all(file, bytes.asSlice(at, end - at));
            at = end;
            while (end < size && isHole(bytes, end)) {
                end = Math.min(size, end + HOLE);
            }
            if (end > at) {
                Syscall.FTRUNCATE.call("", file.number(), Syscall.LSEEK.call("", file.number(), end - at, 1));
            }
            at = end;
        }
    }

    private static boolean isHole(MemorySegment bytes, long from) {
        long end = Math.min(bytes.byteSize(), from + HOLE);
        long at = from;
        for (; at + 8 <= end; at += 8) {
            if (bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, at) != 0) {
                return false;
            }
        }
        for (; at < end; at++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, at) != 0) {
                return false;
            }
        }
        return true;
    }

    private static void all(Descriptor file, MemorySegment bytes) {
        for (long at = 0; at < bytes.byteSize(); ) {
            at += Syscall.WRITE.call("", file.number(), bytes.address() + at, bytes.byteSize() - at);
        }
    }

    private void place(String beside, String digest) {
        int result = calls.rename(directory.number(), beside, directory.number(), digest, true);
        if (result < 0) {
            throw new LinuxException("renameat2", digest, -result);
        }
    }

    @Override
    public void close() {
        directory.close();
        arena.close();
        calls.close();
    }
}
