package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A blob that is being uploaded, in one request or many. It outlives the connection and the registry's process: its
 * file is all its state, the running digest is made again from it.
 */
final class UploadSession {
    private static final int PIECE = DigestPipe.PIECE;

    private final String repository;
    private final Path file;
    /** One request at a time. */
    private final ReentrantLock writing = new ReentrantLock();

    private @Nullable Sha256 hash;
    private long hashed;
    private volatile long size;
    private volatile long touched = System.currentTimeMillis();

    UploadSession(String repository, Path file, long size) {
        this.repository = requireNonNull(repository, "repository");
        this.file = requireNonNull(file, "file");
        this.size = size;
    }

    String repository() {
        return repository;
    }

    Path file() {
        return file;
    }

    /** Bytes received. */
    long size() {
        return size;
    }

    long touched() {
        return touched;
    }

    /**
     * Appends a chunk. Of a connection that breaks, what came stays, for the client to go on from there.
     *
     * @param start where the client thinks that the chunk begins, -1 when it does not say
     * @param quota the most bytes that the blob may have
     * @throws Refusal RANGE_INVALID, SIZE_INVALID, or BLOB_UPLOAD_INVALID when another request writes
     */
    void append(InputStream body, long start, long quota) throws IOException {
        if (!writing.tryLock()) {
            throw new Refusal(DistributionError.BLOB_UPLOAD_INVALID, "another request writes to this upload", null);
        }
        try {
            if (start >= 0 && start != size) {
                throw new Refusal(
                        DistributionError.RANGE_INVALID,
                        "the chunk must begin at " + size + ", where the last ended",
                        null);
            }
            write(body, quota);
        } finally {
            touched = System.currentTimeMillis();
            writing.unlock();
        }
    }

    private void write(InputStream body, long quota) throws IOException {
        Sha256 running = hash();
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE);
                var pipe = new DigestPipe(running)) {
            byte[] piece = pipe.buffer();
            int count = fill(body, piece);
            while (count > 0) {
                if (size + count > quota) {
                    throw new Refusal(
                            DistributionError.DENIED, "the quota of repository " + repository + " is used up", null);
                }
                ByteBuffer bytes = ByteBuffer.wrap(piece, 0, count);
                long at = size;
                while (bytes.hasRemaining()) {
                    at += channel.write(bytes, at);
                }
                pipe.add(piece, count);
                size = at;
                hashed = at;
                piece = pipe.buffer();
                count = fill(body, piece);
            }
        }
    }

    private static int fill(InputStream body, byte[] piece) throws IOException {
        int filled = 0;
        int count = 0;
        while (filled < piece.length && count >= 0) {
            count = body.read(piece, filled, piece.length - filled);
            filled += Math.max(0, count);
        }
        return filled;
    }

    /** The running digest up to {@link #size}. */
    private Sha256 hash() throws IOException {
        Sha256 running = hash;
        if (running != null && hashed == size) {
            return running;
        }
        if (running != null) {
            running.close();
        }
        running = new Sha256();
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(PIECE);
            long at = 0;
            while (at < size) {
                int count = channel.read(buffer.clear().limit((int) Math.min(PIECE, size - at)), at);
                if (count < 0) {
                    throw new IOException("the upload's file is shorter than it was");
                }
                running.update(MemorySegment.ofBuffer(buffer.flip()));
                at += count;
            }
        }
        hash = running;
        hashed = size;
        return running;
    }

    /**
     * Ends the upload.
     *
     * @return the digest of what was received
     */
    String finish() throws IOException {
        writing.lock();
        try {
            String digest = "sha256:" + hash().hex();
            discardHash();
            return digest;
        } finally {
            writing.unlock();
        }
    }

    /** Removes what was received. */
    void discard() throws IOException {
        writing.lock();
        try {
            discardHash();
            Files.deleteIfExists(file);
        } finally {
            writing.unlock();
        }
    }

    private void discardHash() {
        if (hash != null) {
            hash.close();
            hash = null;
            hashed = 0;
        }
    }
}
