package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.DigestAlgorithm;
import dev.naru.store.RunningDigest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
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
    /**
     * Written at once. From 256 KiB on, the page cache asks for pages in a row that are rare, and on a virtual machine
     * often memory that its host has taken back and must find again: ten times as long.
     */
    private static final int WRITTEN = 128 << 10;

    private final String repository;
    private final Path file;
    private final PieceBuffers buffers;
    /** One request at a time. */
    private final ReentrantLock writing = new ReentrantLock();

    private @Nullable RunningDigest hash;
    private DigestAlgorithm algorithm = DigestAlgorithm.SHA256;
    private long hashed;
    private volatile long size;
    private volatile long touched = System.currentTimeMillis();

    UploadSession(String repository, Path file, long size, PieceBuffers buffers) {
        this.repository = requireNonNull(repository, "repository");
        this.file = requireNonNull(file, "file");
        this.size = size;
        this.buffers = requireNonNull(buffers, "buffers");
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
     * @param expected how many bytes the client announced, -1 when it did not
     * @param start where the client thinks that the chunk begins, -1 when it does not say
     * @param quota the most bytes that the blob may have
     * @throws Refusal RANGE_INVALID, SIZE_INVALID, or BLOB_UPLOAD_INVALID when another request writes
     */
    void append(InputStream body, long expected, long start, long quota) throws IOException {
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
            write(body, new ReservedSpace(file, size, size + Math.min(expected, quota)), quota);
        } finally {
            touched = System.currentTimeMillis();
            writing.unlock();
        }
    }

    private void write(InputStream body, ReservedSpace space, long quota) throws IOException {
        ReadableByteChannel source = body instanceof ReadableByteChannel own ? own : Channels.newChannel(body);
        RunningDigest running = hash();
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE);
                var pipe = new DigestPipe(running, buffers)) {
            ByteBuffer piece = pipe.buffer();
            boolean more = fill(source, piece);
            while (piece.flip().hasRemaining()) {
                if (size + piece.remaining() > quota) {
                    throw new Refusal(
                            DistributionError.DENIED, "the quota of repository " + repository + " is used up", null);
                }
                space.reach(size + piece.remaining());
                long end = append(channel, piece.duplicate());
                pipe.add(piece);
                size = end;
                hashed = end;
                piece = pipe.buffer();
                more = more && fill(source, piece);
            }
        } finally {
            space.end(size);
        }
    }

    private long append(FileChannel channel, ByteBuffer bytes) throws IOException {
        long at = size;
        try {
            int end = bytes.limit();
            while (bytes.position() < end) {
                bytes.limit(Math.min(end, bytes.position() + WRITTEN));
                at += channel.write(bytes, at);
            }
        } catch (IOException full) {
            throw new Refusal(
                    DistributionError.UNAVAILABLE, "the registry cannot write the upload: " + full.getMessage(), null);
        }
        return at;
    }

    /** False at the end of the source. */
    private static boolean fill(ReadableByteChannel source, ByteBuffer piece) throws IOException {
        while (piece.hasRemaining()) {
            if (source.read(piece) < 0) {
                return false;
            }
        }
        return true;
    }

    /** The running digest up to {@link #size}. */
    private RunningDigest hash() throws IOException {
        RunningDigest running = hash;
        if (running != null && hashed == size) {
            return running;
        }
        discardHash();
        running = new RunningDigest(algorithm);
        ByteBuffer buffer = buffers.take();
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long at = 0;
            while (at < size) {
                int count = channel.read(buffer.clear().limit((int) Math.min(buffer.capacity(), size - at)), at);
                if (count < 0) {
                    throw new IOException("the upload's file is shorter than it was");
                }
                running.update(buffer.flip());
                at += count;
            }
        } finally {
            buffers.give(buffer);
        }
        hash = running;
        hashed = size;
        return running;
    }

    /** Says how the digest will be made that the upload ends with; what was received is hashed again when that changes. */
    void expect(DigestAlgorithm wanted) {
        writing.lock();
        try {
            if (algorithm != wanted) {
                algorithm = wanted;
                discardHash();
            }
        } finally {
            writing.unlock();
        }
    }

    /**
     * Ends the upload.
     *
     * @return the digest of what was received
     */
    String finish() throws IOException {
        writing.lock();
        try {
            String digest = hash().digest();
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
