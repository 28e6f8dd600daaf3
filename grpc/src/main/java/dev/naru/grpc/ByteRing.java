package dev.naru.grpc;

/** Bytes in the order in which they came. Its memory is used again and again: gigabytes pass through it. */
final class ByteRing {
    private static final int SMALLEST = 4 << 10;

    private byte[] bytes = new byte[0];
    private int first;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    void add(byte[] from, int offset, int length) {
        if (size + length > bytes.length) {
            grow(size + length);
        }
        int at = (first + size) & (bytes.length - 1);
        int part = Math.min(length, bytes.length - at);
        System.arraycopy(from, offset, bytes, at, part);
        System.arraycopy(from, offset + part, bytes, 0, length - part);
        size += length;
    }

    private void grow(int needed) {
        byte[] larger = new byte[Math.max(SMALLEST, Integer.highestOneBit(needed - 1) << 1)];
        int all = size;
        int taken = take(larger, 0, all);
        bytes = larger;
        first = 0;
        size = taken;
    }

    /** Takes as much as there is and room for. */
    int take(byte[] into, int offset, int length) {
        int count = Math.min(size, length);
        int part = Math.min(count, bytes.length - first);
        System.arraycopy(bytes, first, into, offset, part);
        System.arraycopy(bytes, 0, into, offset + part, count - part);
        size -= count;
        first = size == 0 ? 0 : (first + count) & (bytes.length - 1);
        return count;
    }
}
