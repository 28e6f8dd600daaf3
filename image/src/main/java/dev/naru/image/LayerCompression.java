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
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Compresses a layer over all processors into a file that goes when this is closed. The same content makes the same bytes
 * whatever the machine: blocks have a fixed size, and no header tells a time.
 */
final class LayerCompression implements GrowingContent, AutoCloseable {
    private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final int AHEAD = THREADS * 2 + 2;
    private static final int DICTIONARY = 32 * 1024;
    /** Magic, deflate, no flags, no time, no hint, unknown system (RFC 1952). */
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 255};

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
                case GZIP -> gzip(out);
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

    private void gzip(OutputStream out) throws IOException, InterruptedException, ExecutionException {
        var crc = new CRC32();
        out.write(HEADER);
        Queue<Future<byte[]>> blocks = new ArrayDeque<>();
        try (ExecutorService workers = Executors.newFixedThreadPool(
                THREADS, task -> Thread.ofPlatform().daemon().name("naru-gzip").unstarted(task))) {
            try {
                long left = source.size();
                int before = 0;
                byte[] last = new byte[0];
                do {
                    int length = (int) Math.min(GzipBlock.SIZE, left);
                    byte[] window = new byte[before + length];
                    System.arraycopy(last, last.length - before, window, 0, before);
                    read(window, before);
                    crc.update(window, before, length);
                    left -= length;
                    var block = new GzipBlock(window, before, length, left == 0);
                    blocks.add(workers.submit(block::compress));
                    before = Math.min(DICTIONARY, window.length);
                    last = window;
                    if (blocks.size() >= AHEAD) {
                        out.write(blocks.remove().get());
                    }
                } while (left > 0);
                for (Future<byte[]> each : blocks) {
                    out.write(each.get());
                }
            } catch (IOException | InterruptedException | ExecutionException | RuntimeException failed) {
                workers.shutdownNow();
                throw failed;
            }
        }
        ByteBuffer trailer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        out.write(
                trailer.putInt((int) crc.getValue()).putInt((int) source.size()).array());
    }

    private void read(byte[] window, int from) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(window, from, window.length - from);
        while (buffer.hasRemaining()) {
            if (source.read(buffer) < 0) {
                throw new IOException("the layer became shorter");
            }
        }
    }

    private void zstd(OutputStream out) throws IOException {
        try (var compressor = new ZstdOutputStreamNoFinalizer(out)) {
            compressor.setWorkers(THREADS);
            byte[] piece = new byte[GzipBlock.SIZE];
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
