package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.linux.Sha256;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** Reads, inflates and hashes on a thread of its own, a bounded ring ahead of its reader. */
final class ReadAheadChannel implements ReadableByteChannel {
    private static final int BUFFERS = 4;
    private static final int SIZE = 256 * 1024;

    /** A filled buffer; the last of a stream has none and says why it ended. */
    private record Piece(
            @Nullable ByteBuffer bytes, @Nullable IOException failure) {}

    private final ReadableByteChannel source;
    private final Sha256 hash;
    private final BlockingQueue<ByteBuffer> empty = new ArrayBlockingQueue<>(BUFFERS);
    private final BlockingQueue<Piece> full = new ArrayBlockingQueue<>(BUFFERS + 1);
    private final Thread thread;
    private @Nullable ByteBuffer current;
    private boolean ended;

    /** Begins reading; {@code hash} is complete once {@link #read} has answered -1. */
    ReadAheadChannel(ReadableByteChannel source, Sha256 hash) {
        this.source = source;
        this.hash = hash;
        for (int i = 0; i < BUFFERS; i++) {
            empty.add(ByteBuffer.allocateDirect(SIZE));
        }
        // Inflating and hashing hold the processor, so they would hold a virtual thread's carrier too.
        this.thread = Thread.ofPlatform().name("naru-inflate").daemon().start(this::run);
    }

    private void run() {
        try {
            IOException failure = null;
            try {
                pump();
            } catch (IOException cause) {
                failure = cause;
            } catch (RuntimeException cause) {
                failure = new IOException(cause);
            }
            full.put(new Piece(null, failure));
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void pump() throws IOException, InterruptedException {
        while (true) {
            ByteBuffer buffer = empty.take().clear();
            int count;
            do {
                count = source.read(buffer);
            } while (count >= 0 && buffer.hasRemaining());
            buffer.flip();
            hash.update(MemorySegment.ofBuffer(buffer));
            if (buffer.hasRemaining()) {
                full.put(new Piece(buffer, null));
            }
            if (count < 0) {
                return;
            }
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        ByteBuffer bytes = current;
        if (bytes == null) {
            bytes = next();
            if (bytes == null) {
                return -1;
            }
        }
        int size = Math.min(bytes.remaining(), target.remaining());
        target.put(bytes.slice(bytes.position(), size));
        bytes.position(bytes.position() + size);
        if (!bytes.hasRemaining()) {
            empty.add(bytes);
            current = null;
        }
        return size;
    }

    private @Nullable ByteBuffer next() throws IOException {
        if (ended) {
            return null;
        }
        Piece piece;
        try {
            piece = full.take();
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupt);
        }
        IOException failure = piece.failure();
        if (failure != null) {
            if (failure.getCause() instanceof NaruException known) {
                throw known;
            }
            throw failure;
        }
        current = piece.bytes();
        ended = current == null;
        return current;
    }

    @Override
    public boolean isOpen() {
        return source.isOpen();
    }

    /** Ends the thread before it returns, so that its hash and source can be freed. */
    @Override
    public void close() throws IOException {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        source.close();
    }
}
