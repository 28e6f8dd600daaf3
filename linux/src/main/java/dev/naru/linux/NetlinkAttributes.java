package dev.naru.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The attributes of a netlink message by type; of a repeated one the last. */
final class NetlinkAttributes {
    private static final int TYPE_MASK = 0x3fff;

    private final Map<Integer, byte[]> values;

    private NetlinkAttributes(Map<Integer, byte[]> values) {
        this.values = values;
    }

    static NetlinkAttributes parse(byte[] bytes, int from, int to) {
        var values = new HashMap<Integer, byte[]>();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int at = from;
        while (at + 4 <= to) {
            int length = Short.toUnsignedInt(buffer.getShort(at));
            if (length < 4 || at + length > to) {
                break;
            }
            values.put(buffer.getShort(at + 2) & TYPE_MASK, Arrays.copyOfRange(bytes, at + 4, at + length));
            at += (length + 3) & ~3;
        }
        return new NetlinkAttributes(values);
    }

    /** The attribute's bytes; empty when it is absent. */
    byte[] bytes(int type) {
        return values.getOrDefault(type, new byte[0]);
    }

    /** A text without its terminating zero; empty when it is absent. */
    String text(int type) {
        byte[] value = bytes(type);
        int length = value.length > 0 && value[value.length - 1] == 0 ? value.length - 1 : value.length;
        return new String(value, 0, length, StandardCharsets.UTF_8);
    }

    /** A number in the machine's byte order; 0 when it is absent. */
    int int32(int type) {
        byte[] value = bytes(type);
        return value.length < 4
                ? 0
                : ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
    }

    /** A number in network byte order; 0 when it is absent. */
    int big32(int type) {
        byte[] value = bytes(type);
        return value.length < 4 ? 0 : ByteBuffer.wrap(value).getInt();
    }

    long big64(int type) {
        byte[] value = bytes(type);
        return value.length < 8 ? 0 : ByteBuffer.wrap(value).getLong();
    }

    /** The elements of a list, each of them a list of attributes. */
    List<NetlinkAttributes> elements(int type) {
        byte[] list = bytes(type);
        ByteBuffer buffer = ByteBuffer.wrap(list).order(ByteOrder.nativeOrder());
        var elements = new ArrayList<NetlinkAttributes>();
        int at = 0;
        while (at + 4 <= list.length) {
            int length = Short.toUnsignedInt(buffer.getShort(at));
            if (length < 4 || at + length > list.length) {
                break;
            }
            elements.add(parse(list, at + 4, at + length));
            at += (length + 3) & ~3;
        }
        return elements;
    }

    NetlinkAttributes nested(int type) {
        byte[] value = bytes(type);
        return parse(value, 0, value.length);
    }
}
