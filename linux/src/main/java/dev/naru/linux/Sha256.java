package dev.naru.linux;

import java.lang.foreign.MemorySegment;

/**
 * A running SHA-256, as most content has it.
 *
 * <p>Not safe for several threads at once, but may move from one to another.
 */
public final class Sha256 implements AutoCloseable {
    private final Hash hash = new Hash(Hash.Algorithm.SHA256);

    /** Adds bytes; the segment may be native or an array. */
    public void update(MemorySegment bytes) {
        hash.update(bytes);
    }

    public void update(byte[] bytes, int offset, int length) {
        hash.update(bytes, offset, length);
    }

    /** Adds to two, which often takes as long as one; see {@link Hash#update(Hash, MemorySegment, Hash, MemorySegment)}. */
    public static void update(Sha256 one, MemorySegment bytes, Sha256 other, MemorySegment otherBytes) {
        Hash.update(one.hash, bytes, other.hash, otherBytes);
    }

    /** The digest of all that was added, 64 hexadecimal digits. Ends this object's use. */
    public String hex() {
        return hash.hex();
    }

    @Override
    public void close() {
        hash.close();
    }
}
