package dev.naru.image;

import dev.naru.error.NaruException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Reads CBOR (RFC 8949) of known lengths and of limited depth; floating point is not for signatures. */
final class CborReader {
    private static final int DEEPEST = 16;

    private final ByteBuffer in;

    private CborReader(byte[] bytes) {
        this.in = ByteBuffer.wrap(bytes);
    }

    /**
     * Reads one item and nothing after it.
     *
     * @throws NaruException INVALID for anything else
     */
    static CborValue read(byte[] bytes) {
        var reader = new CborReader(bytes);
        CborValue value = reader.item(0);
        if (reader.in.hasRemaining()) {
            throw broken("it goes on after its end");
        }
        return value;
    }

    private static NaruException broken(String reason) {
        return NaruException.invalid("invalid CBOR: " + reason);
    }

    private byte[] take(long count) {
        if (count < 0 || count > in.remaining()) {
            throw broken("it is cut off");
        }
        byte[] taken = new byte[(int) count];
        in.get(taken);
        return taken;
    }

    private CborValue item(int depth) {
        if (depth > DEEPEST) {
            throw broken("it is nested too deep");
        }
        int head = take(1)[0] & 0xff;
        int kind = head >> 5;
        if (kind == 7) {
            return simple(head & 31);
        }
        long argument = argument(head & 31);
        return switch (kind) {
            case 0 -> new CborValue.Number(argument);
            case 1 -> new CborValue.Number(-1 - argument);
            case 2 -> new CborValue.Bytes(HexFormat.of().formatHex(take(argument)));
            case 3 -> new CborValue.Text(text(take(argument)));
            case 4 -> new CborValue.Items(items(argument, depth + 1));
            case 5 -> new CborValue.Table(table(argument, depth + 1));
            default -> new CborValue.Tagged(argument, item(depth + 1));
        };
    }

    private static CborValue simple(int number) {
        if (number > 23) {
            throw broken("values of type 7/" + number + " are not expected");
        }
        return new CborValue.Simple(number);
    }

    /** A length, a number or a tag; those that need the 64th bit are not expected. */
    private long argument(int size) {
        if (size < 24) {
            return size;
        }
        if (size > 27) {
            throw broken("items of unknown length are not expected");
        }
        long value = 0;
        for (byte each : take(1L << (size - 24))) {
            value = (value << 8) | (each & 0xff);
        }
        if (value < 0) {
            throw broken("a number is too large");
        }
        return value;
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException wrong) {
            throw broken("a text is not UTF-8");
        }
    }

    private List<CborValue> items(long count, int depth) {
        var items = new ArrayList<CborValue>();
        for (long i = 0; i < count; i++) {
            items.add(item(depth));
        }
        return items;
    }

    private Map<CborValue, CborValue> table(long count, int depth) {
        var table = new HashMap<CborValue, CborValue>();
        for (long i = 0; i < count; i++) {
            CborValue key = item(depth);
            if (table.put(key, item(depth)) != null) {
                throw broken("a map has a key twice");
            }
        }
        return table;
    }
}
