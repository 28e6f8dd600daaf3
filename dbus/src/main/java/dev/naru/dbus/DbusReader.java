package dev.naru.dbus;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads messages in either order. What comes is bounded and not trusted. */
final class DbusReader {
    /** The specification's limit is 128 MiB; nothing that is asked here comes near this. */
    private static final int LONGEST = 16 << 20;

    private static final int HEAD = 16;
    private static final int DEEPEST = 64;

    private final ByteBuffer bytes;
    private int depth;

    private DbusReader(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** @throws IOException when the stream ends or is no D-Bus */
    static DbusMessage read(InputStream in) throws IOException {
        byte[] head = in.readNBytes(HEAD);
        if (head.length < HEAD) {
            throw new EOFException("the bus has closed the connection");
        }
        ByteOrder order = head[0] == 'B' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer start = ByteBuffer.wrap(head).order(order);
        long body = Integer.toUnsignedLong(start.getInt(4));
        long fields = Integer.toUnsignedLong(start.getInt(12));
        long padded = (fields + 7) / 8 * 8;
        if (body + padded > LONGEST) {
            throw new IOException("a message of " + (body + padded) + " bytes");
        }
        byte[] rest = in.readNBytes((int) (padded + body));
        if (rest.length < padded + body) {
            throw new EOFException("the bus has closed the connection");
        }
        try {
            return message(head, rest, order, (int) padded);
        } catch (BufferUnderflowException | IllegalArgumentException | ClassCastException malformed) {
            throw new IOException("a malformed message", malformed);
        }
    }

    private static DbusMessage message(byte[] head, byte[] rest, ByteOrder order, int padded) {
        ByteBuffer whole = ByteBuffer.allocate(head.length + rest.length)
                .order(order)
                .put(head)
                .put(rest);
        var header = new DbusReader(whole.flip().position(12));
        Map<Byte, Object> fields = new HashMap<>();
        for (Object each : (List<?>) header.value(new Signature("a(yv)"))) {
            List<?> field = (List<?>) each;
            fields.put((Byte) field.get(0), ((Variant) field.get(1)).value());
        }
        var body = new DbusReader(
                ByteBuffer.wrap(rest, padded, rest.length - padded).slice().order(order));
        String signature = String.valueOf(fields.getOrDefault((byte) 8, ""));
        Signature types = new Signature(signature);
        var values = new ArrayList<Object>();
        while (types.more()) {
            values.add(body.value(types));
        }
        return new DbusMessage(
                head[1],
                whole.getInt(8),
                fields.get((byte) 5) instanceof Integer serial ? serial : 0,
                text(fields, 1),
                text(fields, 2),
                text(fields, 3),
                text(fields, 4),
                text(fields, 6),
                text(fields, 7),
                signature,
                values);
    }

    private static @Nullable String text(Map<Byte, Object> fields, int code) {
        Object value = fields.get((byte) code);
        return value == null ? null : value.toString();
    }

    private void align(int to) {
        int at = (bytes.position() + to - 1) / to * to;
        if (at > bytes.limit()) {
            throw new BufferUnderflowException();
        }
        bytes.position(at);
    }

    private Object value(Signature types) {
        char type = types.next();
        align(Signature.alignment(type));
        return switch (type) {
            case 'y' -> bytes.get();
            case 'b' -> bytes.getInt() != 0;
            case 'n', 'q' -> bytes.getShort();
            case 'i', 'u' -> bytes.getInt();
            case 'x', 't' -> bytes.getLong();
            case 'd' -> bytes.getDouble();
            case 's', 'o' -> text(bytes.getInt());
            case 'g' -> text(Byte.toUnsignedInt(bytes.get()));
            case 'v' -> {
                String signature = text(Byte.toUnsignedInt(bytes.get()));
                yield new Variant(signature, deeper(new Signature(signature)));
            }
            case 'a' -> array(types.element());
            case '(' -> {
                var values = new ArrayList<Object>();
                while (!types.ends(')')) {
                    values.add(deeper(types));
                }
                types.end(')');
                yield values;
            }
            case 'h' -> bytes.getInt();
            default -> throw new IllegalArgumentException("no type of D-Bus: " + type);
        };
    }

    private Object deeper(Signature types) {
        if (++depth > DEEPEST) {
            throw new IllegalArgumentException("nested too deeply");
        }
        Object value = value(types);
        depth--;
        return value;
    }

    private String text(int length) {
        if (length < 0 || length >= bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] text = new byte[length];
        bytes.get(text).get();
        return new String(text, StandardCharsets.UTF_8);
    }

    private Object array(String element) {
        int length = bytes.getInt();
        align(Signature.alignment(element.charAt(0)));
        if (length < 0 || length > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        int end = bytes.position() + length;
        if (element.charAt(0) == '{') {
            Map<Object, Object> map = new LinkedHashMap<>();
            while (bytes.position() < end) {
                align(8);
                Signature pair = new Signature(element.substring(1));
                Object key = deeper(pair);
                map.put(key, deeper(pair));
            }
            return map;
        }
        var list = new ArrayList<Object>();
        while (bytes.position() < end) {
            list.add(deeper(new Signature(element)));
        }
        return list;
    }
}
