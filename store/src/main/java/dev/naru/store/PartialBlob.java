package dev.naru.store;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Digest;
import dev.naru.oci.DigestAlgorithm;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A blob that arrives in pieces, perhaps over several lives of this process. Its bytes stand in {@code ingest/<hex>.partial};
 * {@code ingest/<hex>.progress} says how far each segment of them has come, and is written after the bytes. What it says
 * is a hint: the blob gets its place by its digest alone.
 *
 * <p>Several threads may write at once; one follows.
 */
public final class PartialBlob implements AutoCloseable {
    /** Bytes of a segment: what one request asks for. */
    public static final long SEGMENT = 8L << 20;

    private static final Duration KEPT = Duration.ofDays(3);
    private static final String DATA = ".partial";
    private static final String PROGRESS = ".progress";
    private static final int BUFFER = 256 * 1024;
    private static final long RECORD_EVERY = 1L << 20;

    private final Blobs blobs;
    private final String digest;
    private final long size;
    private final Path data;
    private final Path progress;
    private final FileChannel file;
    private final FileChannel record;
    /** Bytes that have arrived of each segment, from its beginning. */
    private final long[] arrived;

    private final long[] recorded;
    private final boolean resumed;
    private boolean finished;
    private boolean abandoned;

    /** A piece that is missing. */
    public record Gap(long offset, long length) {}

    PartialBlob(Blobs blobs, Path ingest, String digest, long size) {
        this.blobs = blobs;
        this.digest = digest;
        this.size = size;
        String hex = Digest.parse(digest).hex();
        this.data = ingest.resolve(hex + DATA);
        this.progress = ingest.resolve(hex + PROGRESS);
        int segments = Math.toIntExact((size + SEGMENT - 1) / SEGMENT);
        this.arrived = new long[segments];
        this.recorded = new long[segments];
        FileChannel opened = open(data);
        try {
            this.file = opened;
            this.record = open(progress);
        } catch (RuntimeException failure) {
            closeQuietly(opened);
            throw failure;
        }
        this.resumed = readProgress();
    }

    private FileChannel open(Path path) {
        try {
            return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException failure) {
            throw StoreFailure.of("cannot write blob " + digest, failure);
        }
    }

    /** The blob that a file of the ingest directory is a part of; empty for other files. */
    static Optional<String> digestOf(Path file) {
        String name = file.getFileName().toString();
        int end = name.indexOf('.');
        boolean ours = end > 0 && (name.endsWith(DATA) || name.endsWith(PROGRESS));
        return ours
                ? Arrays.stream(DigestAlgorithm.values())
                        .map(each -> each.prefix() + name.substring(0, end))
                        .filter(Digest::isDigest)
                        .findFirst()
                : Optional.empty();
    }

    /** Whether a file of the ingest directory is worth keeping for a later transfer. */
    static boolean isResumable(Path file) throws IOException {
        String name = file.getFileName().toString();
        boolean ours = name.endsWith(DATA) || name.endsWith(PROGRESS);
        return ours
                && Files.getLastModifiedTime(file)
                        .toInstant()
                        .isAfter(Instant.now().minus(KEPT));
    }

    private boolean readProgress() {
        ByteBuffer all = ByteBuffer.allocate(arrived.length * Long.BYTES + Long.BYTES);
        long sum = 0;
        try {
            int count = record.read(all, 0);
            all.flip();
            if (count == all.capacity() && all.getLong() == size) {
                for (int i = 0; i < arrived.length; i++) {
                    long bytes = all.getLong();
                    boolean credible = bytes > 0 && bytes <= lengthOf(i) && i * SEGMENT + bytes <= file.size();
                    arrived[i] = credible ? bytes : 0;
                    recorded[i] = arrived[i];
                    sum += arrived[i];
                }
                return sum > 0;
            }
            startRecord();
        } catch (IOException failure) {
            throw StoreFailure.of("cannot read the progress of blob " + digest, failure);
        }
        return false;
    }

    private void startRecord() throws IOException {
        ByteBuffer all =
                ByteBuffer.allocate(arrived.length * Long.BYTES + Long.BYTES).putLong(size);
        record.truncate(0);
        record.write(all.clear(), 0);
        file.truncate(0);
    }

    private long lengthOf(int segment) {
        return Math.min(SEGMENT, size - segment * SEGMENT);
    }

    public String digest() {
        return digest;
    }

    public long size() {
        return size;
    }

    /** Whether an earlier transfer left bytes of it. */
    public boolean resumed() {
        return resumed;
    }

    /** What is missing, at most one piece a segment, in order. */
    public synchronized List<Gap> gaps() {
        var gaps = new ArrayList<Gap>();
        for (int i = 0; i < arrived.length; i++) {
            if (arrived[i] < lengthOf(i)) {
                gaps.add(new Gap(i * SEGMENT + arrived[i], lengthOf(i) - arrived[i]));
            }
        }
        return gaps;
    }

    /** Bytes that have arrived in all. */
    public synchronized long arrivedBytes() {
        long sum = 0;
        for (long each : arrived) {
            sum += each;
        }
        return sum;
    }

    /**
     * Writes all remaining bytes to an offset where a gap begins, or where bytes have arrived before.
     *
     * @throws NaruException UNAVAILABLE when the disk is full
     */
    public void write(ByteBuffer bytes, long offset) {
        long at = offset;
        try {
            while (bytes.hasRemaining()) {
                at += file.write(bytes, at);
            }
            mark(offset, at);
        } catch (IOException failure) {
            throw StoreFailure.of("cannot write blob " + digest, failure);
        }
    }

    private synchronized void mark(long from, long to) throws IOException {
        for (long at = from; at < to; ) {
            int segment = (int) (at / SEGMENT);
            long end = Math.min(to, segment * SEGMENT + lengthOf(segment));
            long within = at - segment * SEGMENT;
            if (within <= arrived[segment]) {
                arrived[segment] = Math.max(arrived[segment], end - segment * SEGMENT);
            }
            boolean whole = arrived[segment] == lengthOf(segment);
            if (arrived[segment] - recorded[segment] >= RECORD_EVERY
                    || (whole && recorded[segment] != arrived[segment])) {
                record(segment);
            }
            at = end;
        }
        notifyAll();
    }

    private void record(int segment) throws IOException {
        ByteBuffer value =
                ByteBuffer.allocate(Long.BYTES).putLong(arrived[segment]).flip();
        record.write(value, Long.BYTES + (long) segment * Long.BYTES);
        recorded[segment] = arrived[segment];
    }

    private long contiguous() {
        long at = 0;
        for (int i = 0; i < arrived.length; i++) {
            at = i * SEGMENT + arrived[i];
            if (arrived[i] < lengthOf(i)) {
                return at;
            }
        }
        return at;
    }

    /**
     * Waits until more than {@code position} bytes from the beginning are there, or all of them.
     *
     * @return how many there are from the beginning
     */
    public synchronized long awaitBeyond(long position) throws InterruptedException {
        while (true) {
            long now = contiguous();
            if (now > position || now == size) {
                return now;
            }
            if (abandoned) {
                throw new InterruptedException("the transfer of blob " + digest + " was given up");
            }
            wait();
        }
    }

    /** Wakes those that wait for bytes: none will come. */
    public synchronized void abandon() {
        abandoned = true;
        notifyAll();
    }

    /**
     * The content from its beginning while it arrives; reading waits. Nobody has verified it: what is made of it counts
     * only when the transfer has ended well. It stays readable when this blob gets its place.
     */
    public ReadableByteChannel follow() {
        try {
            return new Follower(this, readable());
        } catch (IOException failure) {
            throw StoreFailure.of("cannot read blob " + digest, failure);
        }
    }

    private FileChannel readable() throws IOException {
        try {
            return FileChannel.open(data, StandardOpenOption.READ);
        } catch (NoSuchFileException placed) {
            // It got its place just now.
            return FileChannel.open(blobs.path(digest), StandardOpenOption.READ);
        }
    }

    private record Follower(PartialBlob blob, FileChannel source) implements ReadableByteChannel {
        @Override
        public int read(ByteBuffer into) throws IOException {
            long position = source.position();
            if (position >= blob.size) {
                return -1;
            }
            try {
                long there = blob.awaitBeyond(position) - position;
                int limit = into.limit();
                into.limit((int) Math.min(limit, into.position() + there));
                try {
                    return source.read(into);
                } finally {
                    into.limit(limit);
                }
            } catch (InterruptedException given) {
                throw new InterruptedIOException(given.getMessage());
            }
        }

        @Override
        public boolean isOpen() {
            return source.isOpen();
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }

    /**
     * The digest of the content, computed behind the arriving bytes; returns when all have arrived.
     *
     * @throws InterruptedException when the transfer was given up
     */
    public String hash() throws InterruptedException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        try (var hash = RunningDigest.like(digest)) {
            for (long at = 0; at < size; ) {
                long until = awaitBeyond(at);
                while (at < until) {
                    buffer.clear().limit((int) Math.min(BUFFER, until - at));
                    int count = file.read(buffer, at);
                    if (count <= 0) {
                        throw new NaruException(ErrorKind.INTERNAL, "blob " + digest + " became shorter");
                    }
                    hash.update(buffer.flip());
                    at += count;
                }
            }
            return hash.digest();
        } catch (IOException failure) {
            throw StoreFailure.of("cannot read blob " + digest, failure);
        }
    }

    /** Gives the blob its place. Call it when {@link #hash} has answered its digest. */
    public void commit(Leases.Lease lease) {
        lease.hold(digest);
        try {
            file.truncate(size);
            Files.move(data, blobs.path(digest), StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(progress);
            finished = true;
        } catch (IOException failure) {
            throw StoreFailure.of("cannot store blob " + digest, failure);
        }
    }

    /** Forgets what has arrived; nothing remains once it is closed. */
    public void discard() {
        finished = true;
        try {
            Files.deleteIfExists(data);
            Files.deleteIfExists(progress);
        } catch (IOException failure) {
            throw StoreFailure.of("cannot remove what arrived of blob " + digest, failure);
        }
    }

    /** Keeps what has arrived for a later transfer, unless it was committed or discarded. */
    @Override
    public synchronized void close() {
        try {
            for (int i = 0; i < arrived.length && !finished; i++) {
                if (recorded[i] != arrived[i]) {
                    record(i);
                }
            }
            if (!finished && arrivedBytes() == 0) {
                discard();
            }
        } catch (IOException ignored) {
            // The progress is a hint: what it does not say is fetched again.
        }
        closeQuietly(file);
        closeQuietly(record);
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) {
            // Nothing is lost that anybody counts on.
        }
    }
}
