package dev.naru.image;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Sha256;
import dev.naru.registry.GrowingContent;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Compresses a layer over all processors into a file that goes when this is closed. The same content makes the same bytes
 * whatever the machine.
 */
final class LayerCompression implements GrowingContent, AutoCloseable {
    private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final int PIECE = 256 * 1024;

    private final FileChannel source;
    private final Path path;
    private final FileChannel file;
    private final Compression kind;
    private final Thread thread;
    private long written;
    private @Nullable String digest;
    private @Nullable Throwable failure;

    /**
     * Begins.
     *
     * @param source the plain layer; closed at the end
     * @param path where the file is made
     */
    LayerCompression(FileChannel source, Path path, Compression kind) {
        this.source = source;
        this.path = path;
        this.kind = kind;
        try {
            this.file = FileChannel.open(
                    path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException failed) {
            throw Failures.of("cannot compress a layer", failed);
        }
        // Computing all the time: it would hold a virtual thread's carrier.
        this.thread = Thread.ofPlatform().daemon().name("naru-compress").start(this::run);
    }

    private void run() {
        try (var hash = new Sha256()) {
            OutputStream out = new Sink(hash);
            switch (kind) {
                case GZIP -> new ParallelGzip(THREADS).run(source, out);
                case ZSTD -> zstd(out);
                case NONE, BZIP2, XZ -> throw new IllegalArgumentException(kind.name());
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
            byte[] piece = new byte[PIECE];
            for (int count = source.read(ByteBuffer.wrap(piece));
                    count >= 0;
                    count = source.read(ByteBuffer.wrap(piece))) {
                compressor.write(piece, 0, count);
            }
        }
    }

    /** Writes to the file, hashes, and wakes the reader. */
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
            hash.update(MemorySegment.ofArray(bytes).asSlice(offset, length));
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
            synchronized (LayerCompression.this) {
                written += length;
                LayerCompression.this.notifyAll();
            }
        }
    }

    @Override
    public FileChannel file() {
        return file;
    }

    @Override
    public synchronized long await(long bytes) throws InterruptedException {
        while (written < bytes && digest == null && failure == null) {
            wait();
        }
        if (failure instanceof IOException failed) {
            throw Failures.of("cannot compress a layer", failed);
        }
        if (failure != null) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot compress a layer", failure);
        }
        return written;
    }

    @Override
    public synchronized String digest() {
        return java.util.Objects.requireNonNull(digest, "the layer is still being compressed");
    }

    /** Bytes of all of it; only once all of it is there. */
    synchronized long size() {
        return written;
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
            source.close();
            file.close();
            Files.deleteIfExists(path);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (IOException ignored) {
            // What is left is swept when the store opens next.
        }
    }
}
