package dev.naru.image;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Compresses a stream as one member of gzip (RFC 1952) over several threads. The same content makes the same bytes
 * whatever their number: pieces have a fixed size, and no header tells a time. Takes less than a megabyte for each piece
 * that is under way, two for each thread.
 */
final class ParallelGzip {
    /** Magic, deflate, no flags, no time, no hint, unknown system. */
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 255};

    private static final byte[] PADDING = new byte[Repetitions.PADDING];

    /** Takes what was compressed; the buffer is used again afterwards. */
    interface Output {
        void write(ByteBuffer bytes) throws IOException;
    }

    private final int threads;
    private final Supplier<PieceEncoder> encoders;
    private final Queue<Piece> running = new ArrayDeque<>();
    private final Queue<Piece> idle = new ArrayDeque<>();
    private final CRC32 crc = new CRC32();
    private long size;

    /** @param threads how many compress beside the caller's, which reads and writes */
    ParallelGzip(int threads, Supplier<PieceEncoder> encoders) {
        this.threads = threads;
        this.encoders = encoders;
    }

    /** Compresses all that the source has; once. */
    void run(ReadableByteChannel source, Output out) throws IOException, InterruptedException, ExecutionException {
        out.write(ByteBuffer.wrap(HEADER));
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
        out.write(trailer.putInt((int) crc.getValue()).putInt((int) size).flip());
    }

    private void pieces(ReadableByteChannel source, Output out, ExecutorService workers)
            throws IOException, InterruptedException, ExecutionException {
        var before = new Piece(encoders.get());
        idle.add(before);
        boolean last;
        do {
            Piece piece = idle.isEmpty() ? new Piece(encoders.get()) : idle.remove();
            piece.read(source, before);
            crc.update(piece.content());
            size += piece.length();
            last = piece.length() < PieceEncoder.PIECE;
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

    private void write(Output out) throws IOException, InterruptedException, ExecutionException {
        Piece piece = running.remove();
        piece.writeTo(out);
        idle.add(piece);
    }

    /** A piece with the end of the one before, and all that compressing it takes; used again and again. */
    private static final class Piece {
        private final PieceEncoder encoder;
        private final ByteBuffer window;
        private int from;
        private int to;
        private @Nullable Future<?> compressed;

        Piece(PieceEncoder encoder) {
            this.encoder = encoder;
            this.window = encoder.window();
        }

        int length() {
            return to - from;
        }

        ByteBuffer content() {
            return window.slice(from, length());
        }

        void read(ReadableByteChannel source, Piece before) throws IOException {
            from = Math.min(Repetitions.REACH, before.to);
            window.put(0, before.window, before.to - from, from);
            ByteBuffer buffer = window.slice(from, PieceEncoder.PIECE);
            while (buffer.hasRemaining() && source.read(buffer) >= 0) {}
            to = from + buffer.position();
            // What is behind the end is looked at too, so it must be the same each time.
            window.put(to, PADDING);
        }

        void begin(ExecutorService workers, boolean last) {
            compressed = workers.submit(() -> encoder.compress(from, to, last));
        }

        void writeTo(Output out) throws IOException, InterruptedException, ExecutionException {
            requireNonNull(compressed, "not begun").get();
            out.write(encoder.compressed());
        }
    }
}
