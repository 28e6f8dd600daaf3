package dev.naru.image;

import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Small files that are open and empty, with what is to be in them. Filled by one thread, then written by one. */
final class FileBatch {
    private static final int BYTES = 512 * 1024;
    private static final int FILES = 256;

    /** Gives an open file its owner, mode, attributes and time. */
    interface Description {
        void describe(int descriptor, TarEntry entry, FileCalls calls);
    }

    /** A file of the batch that could not be written or described. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String name;
        private final int errno;

        Failed(String name, LinuxException cause) {
            super(cause);
            this.name = name;
            this.errno = cause.errno();
        }

        /** The entry's name, a byte string. */
        String name() {
            return name;
        }

        /** Why, for {@link Errno}. */
        LinuxException reason() {
            return new LinuxException("write", FileCalls.text(name), errno);
        }
    }

    private record Open(int descriptor, TarEntry entry, int offset) {}

    private final MemorySegment contents;
    private final ByteBuffer buffer;
    private final List<Open> files = new ArrayList<>();

    /** @param arena lives until the batch has been written, and is for both threads */
    FileBatch(Arena arena) {
        this.contents = arena.allocate(BYTES);
        this.buffer = contents.asByteBuffer();
    }

    /** Whether a file's content can be kept at all. */
    static boolean takes(TarEntry entry) {
        return entry.size() <= BYTES / 4 && entry.sparse() == null;
    }

    /** Whether another one fits, whatever its size. */
    boolean hasRoom() {
        return files.size() < FILES && buffer.remaining() >= BYTES / 4;
    }

    /** Takes over a descriptor, which is closed when the batch is written, and reads the entry's content. */
    void add(int descriptor, TarEntry entry, TarReader tar) {
        int offset = buffer.position();
        try {
            for (ByteBuffer piece = tar.data(); piece != null; piece = tar.data()) {
                buffer.put(piece);
            }
        } catch (RuntimeException cut) {
            buffer.position(offset);
            Syscall.CLOSE.raw(descriptor, 0, 0);
            throw cut;
        }
        files.add(new Open(descriptor, entry, offset));
    }

    /**
     * Writes and closes all of them.
     *
     * @throws Failed for the first that failed; the rest is only closed
     */
    void write(Description description) {
        try (FileCalls calls = new FileCalls()) {
            for (Open file : files) {
                write(file, description, calls);
            }
        } finally {
            files.forEach(file -> Syscall.CLOSE.raw(file.descriptor(), 0, 0));
            files.clear();
            buffer.clear();
        }
    }

    private void write(Open file, Description description, FileCalls calls) {
        try {
            long at = contents.address() + file.offset();
            for (long left = file.entry().size(); left > 0; ) {
                long written = Syscall.WRITE.call("", file.descriptor(), at, left);
                at += written;
                left -= written;
            }
            description.describe(file.descriptor(), file.entry(), calls);
        } catch (LinuxException failure) {
            throw new Failed(file.entry().name(), failure);
        }
    }
}
