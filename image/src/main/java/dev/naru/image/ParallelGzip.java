package dev.naru.image;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Compresses a stream as one member of gzip (RFC 1952) over several threads. The same content makes the same bytes
 * whatever their number: pieces have a fixed size, and no header tells a time. Takes less than a megabyte for each piece
 * that is under way, two for each thread.
 */
final class ParallelGzip {
    private static final int PIECE = 256 * 1024;
    /** Magic, deflate, no flags, no time, no hint, unknown system. */
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 255};

    private final int threads;
    private final Queue<Piece> running = new ArrayDeque<>();
    private final Queue<Piece> idle = new ArrayDeque<>();
    private final CRC32 crc = new CRC32();
    private long size;

    /** @param threads how many compress beside the caller's, which reads and writes */
    ParallelGzip(int threads) {
        this.threads = threads;
    }

    /** Compresses all that the source has; once. */
    void run(ReadableByteChannel source, OutputStream out)
            throws IOException, InterruptedException, ExecutionException {
        out.write(HEADER);
        try (ExecutorService workers = Executors.newFixedThreadPool(
                threads, task -> Thread.ofPlatform().daemon().name("naru-gzip").unstarted(task))) {
            try {
                pieces(source, out, workers);
            } catch (IOException | InterruptedException | ExecutionException | RuntimeException failed) {
                workers.shutdownNow();
                throw failed;
            }
        }
        ByteBuffer trailer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        out.write(trailer.putInt((int) crc.getValue()).putInt((int) size).array());
    }

    private void pieces(ReadableByteChannel source, OutputStream out, ExecutorService workers)
            throws IOException, InterruptedException, ExecutionException {
        var before = new Piece();
        idle.add(before);
        boolean last;
        do {
            Piece piece = idle.isEmpty() ? new Piece() : idle.remove();
            piece.read(source, before);
            crc.update(piece.window, piece.from, piece.length());
            size += piece.length();
            last = piece.length() < PIECE;
            piece.begin(workers, last);
            running.add(piece);
            // One more than the threads can have in hand: the newest is the next one's dictionary.
            if (running.size() > threads * 2) {
                write(out);
            }
            before = piece;
        } while (!last);
        while (!running.isEmpty()) {
            write(out);
        }
    }

    private void write(OutputStream out) throws IOException, InterruptedException, ExecutionException {
        Piece piece = running.remove();
        piece.writeTo(out);
        idle.add(piece);
    }

    /** A piece with the end of the one before, and all that compressing it takes; used again and again. */
    private static final class Piece {
        private final byte[] window = new byte[Repetitions.REACH + PIECE + Repetitions.PADDING];
        private final DeflateEncoder encoder = new DeflateEncoder();
        private int from;
        private int to;
        private @Nullable Future<?> compressed;

        int length() {
            return to - from;
        }

        void read(ReadableByteChannel source, Piece before) throws IOException {
            from = Math.min(Repetitions.REACH, before.to);
            System.arraycopy(before.window, before.to - from, window, 0, from);
            ByteBuffer buffer = ByteBuffer.wrap(window, from, PIECE);
            while (buffer.hasRemaining() && source.read(buffer) >= 0) {}
            to = buffer.position();
            // What is behind the end is looked at too, so it must be the same each time.
            Arrays.fill(window, to, to + Repetitions.PADDING, (byte) 0);
        }

        void begin(ExecutorService workers, boolean last) {
            compressed = workers.submit(() -> encoder.compress(window, from, to, last));
        }

        void writeTo(OutputStream out) throws IOException, InterruptedException, ExecutionException {
            requireNonNull(compressed, "not begun").get();
            encoder.writeTo(out);
        }
    }
}
