package dev.naru.engine;

/** The text of an entry without the escapes of JSON (RFC 8259, section 7). */
final class LogText {
    private LogText() {}

    /** Copies the text; answers where it ends. It never takes more room than it has in the entry. */
    static int copy(LogEntry entry, byte[] target, int to) {
        byte[] source = entry.buffer;
        int at = entry.textStart;
        int out = to;
        int escape = entry.firstEscape;
        while (true) {
            System.arraycopy(source, at, target, out, escape - at);
            out += escape - at;
            if (escape >= entry.textEnd - 1) {
                return out;
            }
            at = escape + 2;
            byte kind = source[escape + 1];
            if (kind == 'u' && at + 4 <= entry.textEnd) {
                int unit = hex(source, at);
                at += 4;
                if (Character.isHighSurrogate((char) unit) && low(source, at, entry.textEnd)) {
                    unit = Character.toCodePoint((char) unit, (char) hex(source, at + 2));
                    at += 6;
                }
                out = encode(unit, target, out);
            } else {
                target[out++] = simple(kind);
            }
            escape = at;
            while (escape < entry.textEnd && source[escape] != '\\') {
                escape++;
            }
        }
    }

    private static boolean low(byte[] source, int at, int end) {
        return at + 6 <= end
                && source[at] == '\\'
                && source[at + 1] == 'u'
                && Character.isLowSurrogate((char) hex(source, at + 2));
    }

    private static byte simple(byte kind) {
        return switch (kind) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'f' -> '\f';
            default -> kind;
        };
    }

    private static int hex(byte[] source, int at) {
        int value = 0;
        for (int i = at; i < at + 4; i++) {
            int digit = Character.digit(source[i], 16);
            value = (value << 4) | Math.max(0, digit);
        }
        return value;
    }

    private static int encode(int point, byte[] target, int at) {
        int out = at;
        if (point < 0x80) {
            target[out++] = (byte) point;
            return out;
        }
        // A surrogate without its partner is no character; like any decoder, show U+FFFD.
        int shown = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
        if (shown < 0x800) {
            target[out++] = (byte) (0xc0 | (shown >> 6));
        } else {
            if (shown < 0x10000) {
                target[out++] = (byte) (0xe0 | (shown >> 12));
            } else {
                target[out++] = (byte) (0xf0 | (shown >> 18));
                target[out++] = (byte) (0x80 | ((shown >> 12) & 0x3f));
            }
            target[out++] = (byte) (0x80 | ((shown >> 6) & 0x3f));
        }
        target[out++] = (byte) (0x80 | (shown & 0x3f));
        return out;
    }
}
