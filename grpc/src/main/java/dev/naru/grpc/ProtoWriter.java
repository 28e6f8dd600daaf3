package dev.naru.grpc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;

/**
 * Writes one message of Protocol Buffers (version 3): fields by number. What has its default value is left out, but an
 * element of a list never is.
 */
public final class ProtoWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Any integer or enum field but sint and fixed ones. */
    public ProtoWriter number(int field, long value) {
        if (value != 0) {
            varint(field << 3);
            varint(value);
        }
        return this;
    }

    public ProtoWriter truth(int field, boolean value) {
        return number(field, value ? 1 : 0);
    }

    public ProtoWriter text(int field, String value) {
        return value.isEmpty() ? this : element(field, value.getBytes(StandardCharsets.UTF_8));
    }

    public ProtoWriter bytes(int field, byte[] value) {
        return value.length == 0 ? this : element(field, value);
    }

    /** Also an empty message, which differs from none. */
    public ProtoWriter message(int field, ProtoWriter value) {
        return element(field, value.toBytes());
    }

    public ProtoWriter texts(int field, Collection<String> values) {
        values.forEach(value -> element(field, value.getBytes(StandardCharsets.UTF_8)));
        return this;
    }

    /** A list of integers, packed. */
    public ProtoWriter numbers(int field, Collection<? extends Number> values) {
        if (!values.isEmpty()) {
            var packed = new ProtoWriter();
            values.forEach(value -> packed.varint(value.longValue()));
            element(field, packed.toBytes());
        }
        return this;
    }

    public ProtoWriter map(int field, Map<String, String> values) {
        values.forEach(
                (key, value) -> message(field, new ProtoWriter().text(1, key).text(2, value)));
        return this;
    }

    /** One element of a list of strings, bytes or messages. */
    public ProtoWriter element(int field, byte[] value) {
        varint((field << 3) | 2);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    public byte[] toBytes() {
        return out.toByteArray();
    }
}
