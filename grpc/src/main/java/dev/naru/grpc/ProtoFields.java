package dev.naru.grpc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one message of Protocol Buffers (version 3). What was not sent has its default value; unknown fields are
 * nobody's concern.
 */
public final class ProtoFields {
    private final byte[] bytes;
    private final int from;
    private final int to;
    private final List<Field> fields;

    /** A number, or the place of bytes when {@code length} is not negative. */
    private record Field(int id, long value, int length) {}

    private ProtoFields(byte[] bytes, int from, int to, List<Field> fields) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        this.fields = fields;
    }

    /** The message as it was sent. */
    public byte[] toBytes() {
        return java.util.Arrays.copyOfRange(bytes, from, to);
    }

    public static ProtoFields of(byte[] bytes) throws IOException {
        return of(bytes, bytes.length);
    }

    /** The fields of a message that an array begins with, which must not change as long as they are used. */
    static ProtoFields of(byte[] bytes, int length) throws IOException {
        return read(bytes, 0, length);
    }

    private static ProtoFields read(byte[] bytes, int from, int to) throws IOException {
        var cursor = new Cursor(bytes, from, to);
        List<Field> fields = new ArrayList<>();
        while (cursor.at < to) {
            long tag = cursor.varint();
            int id = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case 0 -> fields.add(new Field(id, cursor.varint(), -1));
                case 1 -> fields.add(new Field(id, cursor.fixed(8), -1));
                case 5 -> fields.add(new Field(id, cursor.fixed(4), -1));
                case 2 -> {
                    long length = cursor.varint();
                    if (length < 0 || length > to - cursor.at) {
                        throw new IOException("malformed message: field " + id + " ends too late");
                    }
                    fields.add(new Field(id, cursor.at, (int) length));
                    cursor.at += (int) length;
                }
                default -> throw new IOException("malformed message: field " + id + " is of no known kind");
            }
        }
        return new ProtoFields(bytes, from, to, fields);
    }

    private static final class Cursor {
        private final byte[] bytes;
        private final int end;
        private int at;

        Cursor(byte[] bytes, int from, int to) {
            this.bytes = bytes;
            this.at = from;
            this.end = to;
        }

        long varint() throws IOException {
            long value = 0;
            for (int shift = 0; shift < 70; shift += 7) {
                if (at >= end) {
                    throw new IOException("malformed message: it ends too early");
                }
                byte next = bytes[at++];
                value |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            throw new IOException("malformed message: number too large");
        }

        long fixed(int size) throws IOException {
            if (at + size > end) {
                throw new IOException("malformed message: it ends too early");
            }
            long value = 0;
            for (int i = 0; i < size; i++) {
                value |= (bytes[at++] & 0xffL) << (8 * i);
            }
            return value;
        }
    }

    private @Nullable Field last(int id) {
        for (int i = fields.size() - 1; i >= 0; i--) {
            if (fields.get(i).id() == id) {
                return fields.get(i);
            }
        }
        return null;
    }

    public boolean has(int id) {
        return last(id) != null;
    }

    public long number(int id) {
        Field field = last(id);
        return field == null || field.length() >= 0 ? 0 : field.value();
    }

    public int integer(int id) {
        return (int) number(id);
    }

    public boolean truth(int id) {
        return number(id) != 0;
    }

    public byte[] bytes(int id) {
        Field field = last(id);
        return field == null ? new byte[0] : bytes(field);
    }

    /** The same without a copy. */
    public java.nio.ByteBuffer view(int id) {
        Field field = last(id);
        return field == null || field.length() <= 0
                ? java.nio.ByteBuffer.allocate(0)
                : java.nio.ByteBuffer.wrap(bytes, (int) field.value(), field.length())
                        .slice();
    }

    public String text(int id) {
        Field field = last(id);
        return field == null ? "" : text(field);
    }

    /** An empty message when there is none. */
    public ProtoFields message(int id) {
        Field field = last(id);
        return field == null ? new ProtoFields(bytes, 0, 0, List.of()) : message(field);
    }

    public List<String> texts(int id) {
        return all(id, this::text);
    }

    public List<byte[]> pieces(int id) {
        return all(id, this::bytes);
    }

    public List<ProtoFields> messages(int id) {
        return all(id, this::message);
    }

    /** Numbers of a list, packed or not. */
    public List<Long> numbers(int id) throws IOException {
        List<Long> all = new ArrayList<>();
        for (Field field : fields) {
            if (field.id() == id && field.length() < 0) {
                all.add(field.value());
            } else if (field.id() == id) {
                var cursor = new Cursor(bytes, (int) field.value(), (int) field.value() + field.length());
                while (cursor.at < cursor.end) {
                    all.add(cursor.varint());
                }
            }
        }
        return all;
    }

    public Map<String, String> map(int id) {
        return map(id, entry -> entry.text(2));
    }

    /**
     * A map with values of any kind.
     *
     * @param value reads the value, which is field 2 of its entry
     */
    public <T> Map<String, T> map(int id, Function<ProtoFields, T> value) {
        Map<String, T> all = new LinkedHashMap<>();
        messages(id).forEach(entry -> all.put(entry.text(1), value.apply(entry)));
        return all;
    }

    private <T> List<T> all(int id, Function<Field, T> reader) {
        return fields.stream().filter(field -> field.id() == id).map(reader).toList();
    }

    private byte[] bytes(Field field) {
        return field.length() <= 0
                ? new byte[0]
                : java.util.Arrays.copyOfRange(bytes, (int) field.value(), (int) field.value() + field.length());
    }

    private String text(Field field) {
        return field.length() <= 0
                ? ""
                : new String(bytes, (int) field.value(), field.length(), StandardCharsets.UTF_8);
    }

    private ProtoFields message(Field field) {
        try {
            int begin = (int) field.value();
            return field.length() <= 0
                    ? new ProtoFields(bytes, 0, 0, List.of())
                    : read(bytes, begin, begin + field.length());
        } catch (IOException malformed) {
            throw new GrpcException(GrpcStatus.INVALID_ARGUMENT, String.valueOf(malformed.getMessage()));
        }
    }
}
