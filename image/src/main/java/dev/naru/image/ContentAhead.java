package dev.naru.image;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.Syscall;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads the contents of large files one after the other, a little ahead of who takes them: hashing them is all that a
 * processor can do, and reading takes a third of that.
 */
final class ContentAhead implements AutoCloseable {
    private static final int PIECE = 512 << 10;
    private static final int PIECES = 4;

    private final Descriptor root;
    private final List<LargeFiles.Large> files;
    private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(PIECES);
    private final BlockingQueue<Read> ahead = new ArrayBlockingQueue<>(PIECES + 1);
    private final Thread reader;

    /** @param failure why there is no piece */
    private record Read(ByteBuffer piece, @Nullable RuntimeException failure) {}

    /** @param files in the order in which they are taken; closed over {@code root}, which stays open */
    ContentAhead(Descriptor root, List<LargeFiles.Large> files) {
        this.root = requireNonNull(root, "root");
        this.files = List.copyOf(files);
        for (int i = 0; i < PIECES; i++) {
            free.add(ByteBuffer.allocateDirect(PIECE));
        }
        reader = Thread.ofPlatform().name("naru-read-ahead").daemon().start(this::run);
    }

    private void run() {
        try (var calls = new FileCalls()) {
            for (LargeFiles.Large each : files) {
                read(calls, each);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            fail(failure);
        } catch (Error failure) {
            fail(new IllegalStateException("cannot read ahead", failure));
        }
    }

    /** There is always room for one more than there are pieces. */
    private void fail(RuntimeException failure) {
        ahead.add(new Read(ByteBuffer.allocate(0), failure));
    }

    private void read(FileCalls calls, LargeFiles.Large file) throws InterruptedException {
        try (Descriptor open = calls.open(root.number(), file.path(), Descriptor.O_RDONLY, 0)) {
            for (long left = file.status().size(); left > 0; ) {
                ByteBuffer piece = free.take();
                piece.clear().limit((int) Math.min(PIECE, left));
                fill(open, piece);
                left -= piece.remaining();
                ahead.put(new Read(piece, null));
            }
        }
    }

    /** All of the piece: zeros where the file has become shorter, as in the tar that is written. */
    private static void fill(Descriptor file, ByteBuffer piece) {
        MemorySegment bytes = MemorySegment.ofBuffer(piece);
        long at = 0;
        while (at < bytes.byteSize()) {
            long count = Syscall.READ.call("", file.number(), bytes.address() + at, bytes.byteSize() - at);
            if (count == 0) {
                bytes.asSlice(at).fill((byte) 0);
                return;
            }
            at += count;
        }
    }

    /** Hands the next file's content to a digest. */
    void next(long size, LayerDigest out) throws IOException {
        for (long left = size; left > 0; ) {
            Read read = taken();
            if (read.failure() != null) {
                throw read.failure();
            }
            left -= read.piece().remaining();
            out.write(read.piece());
            free.add(read.piece());
        }
    }

    private Read taken() throws IOException {
        try {
            return ahead.take();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a layer was hashed");
        }
    }

    /** Nothing is read any more when this returns. */
    @Override
    public void close() {
        reader.interrupt();
        boolean interrupted = false;
        while (reader.isAlive()) {
            try {
                reader.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
