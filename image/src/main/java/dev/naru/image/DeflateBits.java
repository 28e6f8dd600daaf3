package dev.naru.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Bits into bytes as deflate wants them, lowest first (RFC 1951 section 3.1.1); grows as needed. */
final class DeflateBits {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes = new byte[64 * 1024];
    private int length;
    private long pending;
    private int count;

    /** Room for so many bytes more, so that nothing has to be asked until they are written. */
    void reserve(int more) {
        // Eight, because whole words are written whatever of them counts.
        if (bytes.length - length < more + 16) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more + 16));
        }
    }

    /**
     * Adds up to 56 bits.
     *
     * @param bits with nothing above {@code width}
     */
    void add(long bits, int width) {
        long all = pending | (bits << count);
        LONG.set(bytes, length, all);
        int filled = count + width;
        length += filled >>> 3;
        pending = all >>> (filled & 0x38);
        count = filled & 7;
    }

    /** Fills the last byte with zeros. */
    void align() {
        if (count > 0) {
            add(0, 8 - count);
        }
    }

    /** Whole bytes behind a byte's border. */
    void copy(byte[] source, int from, int size) {
        reserve(size);
        System.arraycopy(source, from, bytes, length, size);
        length += size;
    }

    boolean isAligned() {
        return count == 0;
    }

    /** Begins anew. */
    void clear() {
        length = 0;
        pending = 0;
        count = 0;
    }

    /** All of it, ended on a byte's border. */
    ByteBuffer bytes() {
        reserve(1);
        align();
        return ByteBuffer.wrap(bytes, 0, length);
    }
}
