package dev.naru.image;

import static java.util.Objects.requireNonNull;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Sha256;
import dev.naru.registry.GrowingContent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Compresses a layer over all processors, ahead of who takes it by a little. The same content makes the same bytes whatever
 * the machine.
 */
final class LayerCompression implements GrowingContent.Making {
    private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final int PIECE = 256 * 1024;
    /** Bytes that wait to be taken. */
    private static final int AHEAD = 512 * 1024;

    private static final byte[] END = {};

    private final FileChannel source;
    private final LayerEncoding wanted;
    private final Thread thread;
    private final Queue<byte[]> ready = new ArrayDeque<>();
    private int waiting;
    private boolean closed;
    private @Nullable String digest;
    private @Nullable Throwable failure;

    /**
     * Begins.
     *
     * @param source the plain layer; closed at the end
     */
    LayerCompression(FileChannel source, Compression kind) {
        this(source, LayerEncoding.of(kind));
    }

    LayerCompression(FileChannel source, LayerEncoding wanted) {
        this.source = source;
        this.wanted = wanted;
        // Computing all the time: it would hold a virtual thread's carrier.
        this.thread = Thread.ofPlatform().daemon().name("naru-compress").start(this::run);
    }

    private void run() {
        try (var hash = new Sha256()) {
            var out = new Sink(hash);
            switch (wanted.kind()) {
                case GZIP -> new ParallelGzip(THREADS, PieceEncoder::create).run(source, out::take);
                case ZSTD -> zstd(out);
                case NONE, BZIP2, XZ ->
                    throw new IllegalArgumentException(wanted.kind().name());
            }
            end("sha256:" + hash.hex(), null);
        } catch (IOException | RuntimeException | InterruptedException | ExecutionException failed) {
            end(null, failed);
        }
    }

    private synchronized void end(@Nullable String result, @Nullable Throwable failed) {
        digest = result;
        failure = failed;
        notifyAll();
    }

    private void zstd(OutputStream out) throws IOException {
        try (var compressor = new ZstdOutputStreamNoFinalizer(out)) {
            compressor.setWorkers(THREADS);
            if (wanted.level() > 0) {
                compressor.setLevel(wanted.level());
            }
            byte[] piece = new byte[PIECE];
            for (int count = source.read(ByteBuffer.wrap(piece));
                    count >= 0;
                    count = source.read(ByteBuffer.wrap(piece))) {
                compressor.write(piece, 0, count);
            }
        }
    }

    private synchronized void add(byte[] piece) throws InterruptedIOException {
        try {
            while (waiting >= AHEAD && !closed) {
                wait();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("nobody takes the layer any more");
        }
        ready.add(piece);
        waiting += piece.length;
        notifyAll();
    }

    /** Hashes, and hands over. */
    private final class Sink extends OutputStream {
        private final Sha256 hash;

        Sink(Sha256 hash) {
            this.hash = hash;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            take(ByteBuffer.wrap(bytes, offset, length));
        }

        void take(ByteBuffer bytes) throws InterruptedIOException {
            if (bytes.hasRemaining()) {
                hash.update(MemorySegment.ofBuffer(bytes));
                byte[] piece = new byte[bytes.remaining()];
                bytes.get(piece);
                add(piece);
            }
        }
    }

    @Override
    public synchronized byte[] next() throws InterruptedException {
        while (ready.isEmpty() && digest == null && failure == null && !closed) {
            wait();
        }
        if (failure instanceof IOException failed) {
            throw Failures.of("cannot compress a layer", failed);
        }
        if (failure != null) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot compress a layer", failure);
        }
        byte[] piece = ready.poll();
        if (piece == null) {
            return END;
        }
        waiting -= piece.length;
        notifyAll();
        return piece;
    }

    @Override
    public synchronized String digest() {
        return requireNonNull(digest, "the layer is still being compressed");
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            ready.clear();
            notifyAll();
        }
        thread.interrupt();
        try {
            thread.join();
            source.close();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (IOException ignored) {
            // It was only read.
        }
    }
}
