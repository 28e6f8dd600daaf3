package dev.naru.grpc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Decodes the header blocks of one connection, in their order (RFC 7541). */
final class HeaderReader {
    private static final int LARGEST_TABLE = 4096;
    private static final int LARGEST_LIST = 1 << 20;

    /** Each entry costs this much more than its bytes (RFC 7541 4.1). */
    private static final int OVERHEAD = 32;

    private final List<Field> dynamic = new ArrayList<>();
    private int size;
    private int limit = LARGEST_TABLE;
    private byte[] block = new byte[0];
    private int at;

    private record Field(String name, String value) {
        int size() {
            return name.length() + value.length() + OVERHEAD;
        }
    }

    Metadata read(byte[] bytes) throws IOException {
        block = bytes;
        at = 0;
        var fields = new Metadata();
        int total = 0;
        while (at < block.length) {
            int first = block[at] & 0xff;
            if ((first & 0xe0) == 0x20) {
                resize(number(5));
                continue;
            }
            Field field = field(first);
            total += field.size();
            if (total > LARGEST_LIST) {
                throw new IOException("header fields larger than 1 MiB");
            }
            fields.add(field.name(), field.value());
        }
        return fields;
    }

    private Field field(int first) throws IOException {
        if ((first & 0x80) != 0) {
            return indexed(number(7));
        }
        boolean keep = (first & 0x40) != 0;
        int index = number(keep ? 6 : 4);
        String name = index == 0 ? string() : indexed(index).name();
        var field = new Field(name, string());
        if (keep) {
            keep(field);
        }
        return field;
    }

    private Field indexed(int index) throws IOException {
        if (index >= 1 && index <= StaticFields.COUNT) {
            return new Field(StaticFields.name(index), StaticFields.value(index));
        }
        int place = index - StaticFields.COUNT - 1;
        if (index == 0 || place >= dynamic.size()) {
            throw new IOException("malformed header field: no entry " + index);
        }
        // The newest is the first one.
        return dynamic.get(dynamic.size() - 1 - place);
    }

    private void keep(Field field) {
        dynamic.add(field);
        size += field.size();
        shrink();
    }

    private void resize(int to) throws IOException {
        if (to > LARGEST_TABLE) {
            throw new IOException("header table larger than agreed");
        }
        limit = to;
        shrink();
    }

    private void shrink() {
        while (size > limit) {
            size -= dynamic.removeFirst().size();
        }
    }

    private int number(int bits) throws IOException {
        int most = (1 << bits) - 1;
        int value = next() & most;
        if (value < most) {
            return value;
        }
        long sum = value;
        for (int shift = 0; shift <= 28; shift += 7) {
            int more = next();
            sum += (long) (more & 0x7f) << shift;
            if (sum > Integer.MAX_VALUE) {
                break;
            }
            if ((more & 0x80) == 0) {
                return (int) sum;
            }
        }
        throw new IOException("malformed header field: number too large");
    }

    private String string() throws IOException {
        if (at >= block.length) {
            throw new IOException("malformed header block: it ends too early");
        }
        boolean coded = (block[at] & 0x80) != 0;
        int length = number(7);
        if (length > block.length - at) {
            throw new IOException("malformed header block: it ends too early");
        }
        int from = at;
        at += length;
        return coded
                ? new String(Huffman.decode(block, from, length), StandardCharsets.ISO_8859_1)
                : new String(block, from, length, StandardCharsets.ISO_8859_1);
    }

    private int next() throws IOException {
        if (at >= block.length) {
            throw new IOException("malformed header block: it ends too early");
        }
        return block[at++] & 0xff;
    }
}
