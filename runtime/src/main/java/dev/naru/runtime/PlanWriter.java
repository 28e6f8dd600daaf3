package dev.naru.runtime;

import dev.naru.error.NaruException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the monitor's binary form, in the machine's byte order (both supported machines are little-endian): numbers of
 * 64 bits, texts and byte strings as a 32-bit length, the bytes, and a zero byte that the length does not count.
 */
final class PlanWriter {
    private ByteBuffer buffer = ByteBuffer.allocate(2048).order(ByteOrder.LITTLE_ENDIAN);
    private int lengthAt = -1;

    /** Begins an operation: 32-bit code, 32-bit length of what follows. */
    PlanWriter begin(int code) {
        end();
        room(8);
        buffer.putInt(code);
        lengthAt = buffer.position();
        buffer.putInt(0);
        return this;
    }

    PlanWriter begin(PlanOperation operation) {
        return begin(operation.code());
    }

    PlanWriter number(long value) {
        room(8);
        buffer.putLong(value);
        return this;
    }

    PlanWriter flag(boolean value) {
        return number(value ? 1 : 0);
    }

    PlanWriter text(String value) {
        if (value.indexOf('\0') >= 0) {
            throw NaruException.invalid(
                    "a text for the kernel contains a zero byte: \"" + value.replace('\0', '?') + "\"");
        }
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    PlanWriter bytes(byte[] value) {
        room(value.length + 5);
        buffer.putInt(value.length).put(value).put((byte) 0);
        return this;
    }

    PlanWriter texts(List<String> values) {
        number(values.size());
        values.forEach(this::text);
        return this;
    }

    private void end() {
        if (lengthAt >= 0) {
            buffer.putInt(lengthAt, buffer.position() - lengthAt - 4);
            lengthAt = -1;
        }
    }

    byte[] toBytes() {
        end();
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private void room(int count) {
        if (buffer.remaining() < count) {
            int size = Math.max(buffer.capacity() * 2, buffer.position() + count);
            buffer = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), size))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .position(buffer.position());
        }
    }
}
