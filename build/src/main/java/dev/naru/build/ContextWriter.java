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
import java.util.ArrayList;
import java.util.List;

/**
 * Takes contents, one after the other, and writes those that are new. A small one is hashed before anything is written;
 * a large one is written beside while it is hashed.
 */
public final class ContextWriter implements AutoCloseable {
    private static final int SMALL = 1 << 20;
    /** Clients send 32 KiB at a time, and connections cut that anywhere. */
    private static final int HOLE = 1 << 10;

    private final ContextFiles files;
    private final FileCalls calls = new FileCalls();
    private final Descriptor directory;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(SMALL);

    ContextWriter(ContextFiles files) {
        this.files = requireNonNull(files, "files");
        this.directory = Descriptor.open(files.root().toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
    }

    /** Where a content comes from: pieces until an empty result. */
    public interface Pieces {
        /** The next bytes; null at the end. */
        @org.jspecify.annotations.Nullable
        ByteBuffer next();
    }

    /** Whether a content is here already, which counts as a use of it. */
    public boolean has(String digest) {
        return files.has(calls, directory.number(), digest);
    }

    /** Takes one content; answers its digest, 64 hexadecimal digits. */
    public String take(Pieces pieces) {
        try (var hash = new Sha256()) {
            long held = 0;
            List<ByteBuffer> rest = new ArrayList<>(1);
            for (ByteBuffer piece = pieces.next(); piece != null; piece = pieces.next()) {
                if (held + piece.remaining() > SMALL) {
                    rest.add(piece);
                    break;
                }
                MemorySegment bytes = MemorySegment.ofBuffer(piece);
                MemorySegment.copy(bytes, 0, memory, held, bytes.byteSize());
                held += bytes.byteSize();
            }
            MemorySegment whole = memory.asSlice(0, held);
            hash.update(whole);
            return rest.isEmpty() ? small(hash, whole) : large(hash, held, rest.getFirst(), pieces);
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot keep a file of the context", failure);
        }
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

    private String large(Sha256 hash, long held, ByteBuffer piece, Pieces pieces) {
        String beside = ContextFiles.beside();
        boolean placed = false;
        try (Descriptor file = create(beside)) {
            write(file, memory.asSlice(0, held));
            for (ByteBuffer next = piece; next != null; next = pieces.next()) {
                MemorySegment bytes = MemorySegment.ofBuffer(next);
                hash.update(bytes);
                write(file, bytes);
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

    /** Zeros at the end of a block stay a hole: a client's sparse file must not fill the disk. */
    private void write(Descriptor file, MemorySegment bytes) {
        if (bytes.byteSize() >= HOLE && isZero(bytes)) {
            long end = Syscall.LSEEK.call("", file.number(), bytes.byteSize(), 1);
            Syscall.FTRUNCATE.call("", file.number(), end);
            return;
        }
        MemorySegment source = bytes;
        if (!bytes.isNative()) {
            for (long at = 0; at < bytes.byteSize(); ) {
                long part = Math.min(SMALL, bytes.byteSize() - at);
                MemorySegment.copy(bytes, at, memory, 0, part);
                all(file, memory.asSlice(0, part));
                at += part;
            }
            return;
        }
        all(file, source);
    }

    private static void all(Descriptor file, MemorySegment bytes) {
        for (long at = 0; at < bytes.byteSize(); ) {
            at += Syscall.WRITE.call("", file.number(), bytes.address() + at, bytes.byteSize() - at);
        }
    }

    private static boolean isZero(MemorySegment bytes) {
        long words = bytes.byteSize() / 8;
        for (long i = 0; i < words; i++) {
            if (bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, i * 8) != 0) {
                return false;
            }
        }
        for (long i = words * 8; i < bytes.byteSize(); i++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, i) != 0) {
                return false;
            }
        }
        return true;
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
