package dev.naru.store;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.DigestAlgorithm;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A blob being written; closing it without {@link #commit} leaves nothing. */
public final class BlobWriter implements AutoCloseable {
    private static final int HOLE = 64 << 10;
    private static final int BUFFER = 256 << 10;

    private final Blobs blobs;
    private final Path file;
    private final Leases.@Nullable Lease lease;
    private final FileChannel channel;
    private final RunningDigest hash;
    private long size;
    private boolean endsInHole;
    private boolean committed;

    BlobWriter(Blobs blobs, Path file, Leases.@Nullable Lease lease, DigestAlgorithm algorithm) {
        this.blobs = blobs;
        this.file = file;
        this.lease = lease;
        this.hash = new RunningDigest(algorithm);
        try {
            this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException failure) {
            hash.close();
            throw StoreFailure.of("cannot write a blob", failure);
        }
    }

    /** Appends all remaining bytes. Long pieces of zeros are holes in the file: a sparse file must not fill the disk. */
    public void write(ByteBuffer bytes) {
        size += bytes.remaining();
        hash.update(bytes);
        try {
            endsInHole = bytes.remaining() >= HOLE && isZero(bytes);
            if (endsInHole) {
                channel.position(size);
                bytes.position(bytes.limit());
            }
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException failure) {
            throw StoreFailure.of("cannot write a blob", failure);
        }
    }

    private static boolean isZero(ByteBuffer bytes) {
        int at = bytes.position();
        for (; at + 8 <= bytes.limit(); at += 8) {
            if (bytes.getLong(at) != 0) {
                return false;
            }
        }
        for (; at < bytes.limit(); at++) {
            if (bytes.get(at) != 0) {
                return false;
            }
        }
        return true;
    }

    /** This as a stream, which needs no closing; to be flushed before the commit. */
    public OutputStream stream() {
        return new BufferedOutputStream(
                new OutputStream() {
                    @Override
                    public void write(int octet) {
                        BlobWriter.this.write(ByteBuffer.wrap(new byte[] {(byte) octet}));
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        BlobWriter.this.write(ByteBuffer.wrap(bytes, offset, length));
                    }
                },
                BUFFER);
    }

    /** Bytes so far. */
    public long size() {
        return size;
    }

    /**
     * Gives the blob its place. It is whole for every reader from now on and survives this process; against the
     * machine's death it is safe after {@link Blobs#sync}.
     *
     * @param expected the digest it must have, or null to take what it has
     * @return its digest
     * @throws NaruException INVALID when the digest is another one; nothing remains then
     */
    public String commit(@Nullable String expected) {
        String digest = hash.digest();
        if (expected != null && !expected.equals(digest)) {
            throw new NaruException(
                    ErrorKind.INVALID, "cannot store blob " + expected, "its content has the digest " + digest, null);
        }
        if (lease != null) {
            lease.hold(digest);
        }
        try {
            if (endsInHole) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
            channel.close();
            Files.move(file, blobs.path(digest), StandardCopyOption.ATOMIC_MOVE);
            committed = true;
        } catch (IOException failure) {
            throw StoreFailure.of("cannot store blob " + digest, failure);
        }
        return digest;
    }

    @Override
    public void close() {
        hash.close();
        try {
            channel.close();
            if (!committed) {
                Files.deleteIfExists(file);
            }
        } catch (IOException ignored) {
            // What is left is swept when the store opens next.
        }
    }
}
