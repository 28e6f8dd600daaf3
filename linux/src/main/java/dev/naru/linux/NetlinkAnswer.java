package dev.naru.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One message from the kernel, copied out of the receive buffer. */
final class NetlinkAnswer {
    private final int type;
    private final int flags;
    private final int sequence;
    private final byte[] payload;

    private NetlinkAnswer(int type, int flags, int sequence, byte[] payload) {
        this.type = type;
        this.flags = flags;
        this.sequence = sequence;
        this.payload = payload;
    }

    static NetlinkAnswer at(MemorySegment buffer, long offset) {
        int length = Math.max(NetlinkBatch.HEADER, buffer.get(ValueLayout.JAVA_INT_UNALIGNED, offset));
        return new NetlinkAnswer(
                Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset + 4)),
                Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset + 6)),
                buffer.get(ValueLayout.JAVA_INT_UNALIGNED, offset + 8),
                buffer.asSlice(offset + NetlinkBatch.HEADER, length - NetlinkBatch.HEADER)
                        .toArray(ValueLayout.JAVA_BYTE));
    }

    int type() {
        return type;
    }

    int flags() {
        return flags;
    }

    int sequence() {
        return sequence;
    }

    int length() {
        return NetlinkBatch.HEADER + payload.length;
    }

    int uint8(int offset) {
        return Byte.toUnsignedInt(payload[offset]);
    }

    int int32(int offset) {
        return ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder()).getInt(offset);
    }

    /** The attributes after a fixed header of this many bytes. */
    NetlinkAttributes attributes(int offset) {
        return NetlinkAttributes.parse(payload, offset, payload.length);
    }
}
