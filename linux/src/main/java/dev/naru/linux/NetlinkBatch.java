package dev.naru.linux;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Netlink messages built one after the other and sent in one exchange (linux/netlink.h). A message's payload and
 * attributes are written inside its {@link #message} call; numbers are in the machine's byte order unless a method
 * says otherwise.
 */
public final class NetlinkBatch {
    static final int NLM_F_REQUEST = 1;
    static final int NLM_F_ACK = 4;
    static final int NLM_F_DUMP = 0x300;
    static final int NLM_F_REPLACE = 0x100;
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_CREATE = 0x400;
    static final int NLM_F_APPEND = 0x800;
    static final int HEADER = 16;
    private static final int NLA_F_NESTED = 0x8000;
    private static final int ALIGNMENT = 4;

    private ByteBuffer buffer = ByteBuffer.allocate(1024).order(ByteOrder.nativeOrder());
    private final List<String> subjects = new ArrayList<>();
    private final List<Integer> tolerated = new ArrayList<>();

    /** Adds a message; its sequence number is its position, counted from one. */
    NetlinkBatch message(int type, int flags, String subject, Consumer<NetlinkBatch> body) {
        subjects.add(requireNonNull(subject, "subject"));
        tolerated.add(0);
        int start = buffer.position();
        u32(0).u16(type).u16(flags | NLM_F_REQUEST).u32(subjects.size()).u32(0);
        body.accept(this);
        buffer.putInt(start, buffer.position() - start);
        return this;
    }

    /** Makes the last message succeed when the kernel answers it with this error. */
    NetlinkBatch tolerate(int errno) {
        tolerated.set(tolerated.size() - 1, errno);
        return this;
    }

    NetlinkBatch u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    NetlinkBatch u16(int value) {
        room(2).putShort((short) value);
        return this;
    }

    NetlinkBatch u32(int value) {
        room(4).putInt(value);
        return this;
    }

    NetlinkBatch bytes(byte[] value) {
        room(value.length).put(value);
        return this;
    }

    NetlinkBatch attribute(int type, byte[] value) {
        u16(4 + value.length).u16(type).bytes(value);
        return pad();
    }

    NetlinkBatch attribute8(int type, int value) {
        return attribute(type, new byte[] {(byte) value});
    }

    NetlinkBatch attribute32(int type, int value) {
        return u16(8).u16(type).u32(value);
    }

    /** A number in network byte order, as nf_tables has them all. */
    NetlinkBatch attributeBig32(int type, int value) {
        return u16(8).u16(type)
                .u32(ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value));
    }

    /** A text with its terminating zero. */
    NetlinkBatch attribute(int type, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        u16(5 + text.length).u16(type).bytes(text).u8(0);
        return pad();
    }

    NetlinkBatch nested(int type, Consumer<NetlinkBatch> body) {
        int start = buffer.position();
        u16(0).u16(type | NLA_F_NESTED);
        body.accept(this);
        buffer.putShort(start, (short) (buffer.position() - start));
        return this;
    }

    int length() {
        return buffer.position();
    }

    int count() {
        return subjects.size();
    }

    byte[] array() {
        return buffer.array();
    }

    String subject(int sequence) {
        return sequence >= 1 && sequence <= subjects.size() ? subjects.get(sequence - 1) : "";
    }

    boolean tolerates(int sequence, int errno) {
        return sequence >= 1 && sequence <= tolerated.size() && tolerated.get(sequence - 1) == errno;
    }

    private NetlinkBatch pad() {
        while (buffer.position() % ALIGNMENT != 0) {
            u8(0);
        }
        return this;
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            int size = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
            buffer = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder()).put(buffer.array(), 0, buffer.position());
        }
        return buffer;
    }
}
