package dev.naru.store;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.Hash;
import dev.naru.oci.Digest;
import dev.naru.oci.DigestAlgorithm;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The digest of content that is passing by.
 *
 * <p>Not safe for several threads at once, but may move from one to another.
 */
public final class RunningDigest implements AutoCloseable {
    private final DigestAlgorithm algorithm;
    private final Hash hash;

    public RunningDigest(DigestAlgorithm algorithm) {
        this.algorithm = requireNonNull(algorithm, "algorithm");
        this.hash = new Hash(
                switch (algorithm) {
                    case SHA256 -> Hash.Algorithm.SHA256;
                    case SHA512 -> Hash.Algorithm.SHA512;
                });
    }

    private RunningDigest(RunningDigest other) {
        this.algorithm = other.algorithm;
        this.hash = other.hash.copy();
    }

    /** Another one that has had the same content so far; each goes on by itself. */
    public RunningDigest copy() {
        return new RunningDigest(this);
    }

    /** The kind that can be compared with a known digest. */
    public static RunningDigest like(String digest) {
        return new RunningDigest(Digest.parse(digest).algorithm());
    }

    public void update(byte[] bytes, int offset, int length) {
        hash.update(bytes, offset, length);
    }

    /** Adds what is between position and limit, and leaves both. */
    public void update(ByteBuffer bytes) {
        hash.update(MemorySegment.ofBuffer(bytes));
    }

    /** Adds to two digests what is between position and limit, which stay; for SHA-256 that often takes as long as one. */
    public static void update(RunningDigest digest, ByteBuffer bytes, RunningDigest other, ByteBuffer otherBytes) {
        Hash.update(digest.hash, MemorySegment.ofBuffer(bytes), other.hash, MemorySegment.ofBuffer(otherBytes));
    }

    /** The digest of all that was added. Ends this object's use. */
    public String digest() {
        return algorithm.prefix() + hash.hex();
    }

    @Override
    public void close() {
        hash.close();
    }
}
