package dev.naru.dbus;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes messages in little-endian order (D-Bus specification, "Wire Format" and "Message Format"). */
final class DbusWriter {
    private static final int VERSION = 1;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static byte[] message(DbusMessage message) {
        var body = new DbusWriter();
        Signature types = new Signature(message.signature());
        message.body().forEach(value -> body.value(types, value));
        var fields = new ArrayList<Object>();
        field(fields, 1, "o", message.path());
        field(fields, 2, "s", message.interfaceName());
        field(fields, 3, "s", message.member());
        field(fields, 4, "s", message.error());
        field(fields, 5, "u", message.replySerial() == 0 ? null : message.replySerial());
        field(fields, 6, "s", message.destination());
        field(fields, 8, "g", message.signature().isEmpty() ? null : message.signature());
        var whole = new DbusWriter();
        whole.out.write('l');
        whole.out.write(message.type());
        whole.out.write(0);
        whole.out.write(VERSION);
        whole.int32(body.out.size());
        whole.int32(message.serial());
        whole.value(new Signature("a(yv)"), fields);
        whole.align(8);
        whole.out.writeBytes(body.out.toByteArray());
        return whole.out.toByteArray();
    }

    private static void field(List<Object> fields, int code, String signature, @Nullable Object value) {
        if (value != null) {
            fields.add(List.of((byte) code, new Variant(signature, value)));
        }
    }

    private void align(int to) {
        while (out.size() % to != 0) {
            out.write(0);
        }
    }

    private void number(int size, long value) {
        align(size);
        ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
        out.write(bytes.array(), 0, size);
    }

    private void int32(long value) {
        number(4, value);
    }

    /** Takes the next type off the signature and writes a value of it. */
    private void value(Signature types, Object value) {
        char type = types.next();
        switch (type) {
            case 'y' -> out.write((Byte) value);
            case 'b' -> int32(Boolean.TRUE.equals(value) ? 1 : 0);
            case 'n', 'q' -> number(2, ((Number) value).longValue());
            case 'i', 'u' -> int32(((Number) value).longValue());
            case 'x', 't' -> number(8, ((Number) value).longValue());
            case 'd' -> number(8, Double.doubleToLongBits((Double) value));
            case 's', 'o' -> {
                byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
                int32(text.length);
                out.writeBytes(text);
                out.write(0);
            }
            case 'g' -> signature(value.toString());
            case 'v' -> {
                Variant variant = (Variant) value;
                signature(variant.signature());
                value(new Signature(variant.signature()), variant.value());
            }
            case 'a' -> array(types.element(), value);
            case '(' -> {
                align(8);
                for (Object each : (List<?>) value) {
                    value(types, each);
                }
                types.end(')');
            }
            default -> throw new IllegalArgumentException("no type of D-Bus: " + type);
        }
    }

    private void signature(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        out.write(bytes.length);
        out.writeBytes(bytes);
        out.write(0);
    }

    /** The length counts from the first element, which is aligned as its type is. */
    private void array(String element, Object value) {
        int32(0);
        int length = out.size() - 4;
        align(Signature.alignment(element.charAt(0)));
        int start = out.size();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, mapped) -> {
                align(8);
                Signature pair = new Signature(element.substring(1));
                value(pair, key);
                value(pair, mapped);
            });
        } else {
            ((List<?>) value).forEach(each -> value(new Signature(element), each));
        }
        byte[] bytes = out.toByteArray();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(length, bytes.length - start);
        out.reset();
        out.writeBytes(bytes);
    }
}
