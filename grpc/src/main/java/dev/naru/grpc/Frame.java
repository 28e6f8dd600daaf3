package dev.naru.grpc;

import java.io.IOException;
import java.nio.ByteBuffer;

/** One frame as RFC 9113 section 4.1 has it. */
record Frame(int type, int flags, int stream, byte[] payload) {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final int PRIORITY = 0x20;

    /** What a peer may send when nothing else was agreed. */
    static final int LARGEST = 16384;

    /** What a frame begins with; so many bytes follow. */
    record Head(int type, int flags, int stream, int length) {
        static Head read(FrameInput in) throws IOException {
            int head = in.readInt();
            int length = head >>> 8;
            if (length > LARGEST) {
                throw new IOException("frame of " + length + " bytes, larger than agreed");
            }
            return new Head(head & 0xff, in.readByte(), in.readInt() & 0x7fffffff, length);
        }

        /** Whether all that follows is data. */
        boolean isPlainData() {
            return type == DATA && (flags & PADDED) == 0;
        }

        Frame payload(FrameInput in) throws IOException {
            return new Frame(type, flags, stream, in.read(length));
        }
    }

    static Frame read(FrameInput in) throws IOException {
        return Head.read(in).payload(in);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** The payload without padding and priority. */
    byte[] content() throws IOException {
        int from = has(PADDED) ? 1 : 0;
        int padding = has(PADDED) && payload.length > 0 ? payload[0] & 0xff : 0;
        if (type == HEADERS && has(PRIORITY)) {
            from += 5;
        }
        if (from + padding > payload.length) {
            throw new IOException("malformed frame: more padding than content");
        }
        return from == 0 && padding == 0
                ? payload
                : java.util.Arrays.copyOfRange(payload, from, payload.length - padding);
    }

    int number(int at) throws IOException {
        if (payload.length < at + 4) {
            throw new IOException("malformed frame: too short");
        }
        return ByteBuffer.wrap(payload, at, 4).getInt();
    }

    byte[] bytes() {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt((payload.length << 8) | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** A payload of numbers of 4 bytes. */
    static byte[] numbers(int... numbers) {
        var bytes = ByteBuffer.allocate(numbers.length * 4);
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return bytes.array();
    }
}
