package dev.naru.json;

import static java.util.Objects.requireNonNull;

import io.avaje.json.JsonDataException;
import io.avaje.json.JsonReader;
import io.avaje.json.PropertyNames;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;

/** Reads one JSON text (RFC 8259) that is in memory. */
final class TextReader implements JsonReader {
    private final String text;
    private int at;
    /** Whether no element of the innermost array or object has been read yet. */
    private boolean first = true;

    TextReader(String text) {
        this.text = requireNonNull(text, "text");
    }

    private JsonDataException broken(String expected) {
        return new JsonDataException("Expecting " + expected + " at position " + at);
    }

    /** The next character that is no space, 0 at the end. */
    private char peek() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw broken("'" + wanted + "'");
        }
        at++;
    }

    private void begin(char bracket) {
        expect(bracket);
        first = true;
    }

    private void end(char bracket) {
        expect(bracket);
        first = false;
    }

    private boolean another(char end) {
        if (peek() == end) {
            return false;
        }
        if (!first) {
            expect(',');
        }
        first = false;
        return true;
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return type.cast(this);
    }

    @Override
    public void beginArray() {
        begin('[');
    }

    @Override
    public void endArray() {
        end(']');
    }

    @Override
    public boolean hasNextElement() {
        return another(']');
    }

    @Override
    public void beginObject(PropertyNames names) {
        begin('{');
    }

    @Override
    public void beginObject() {
        begin('{');
    }

    @Override
    public void endObject() {
        end('}');
    }

    @Override
    public boolean hasNextField() {
        return another('}');
    }

    @Override
    public String nextField() {
        String name = readString();
        expect(':');
        return name;
    }

    @Override
    public boolean isNullValue() {
        if (peek() != 'n') {
            return false;
        }
        word("null");
        return true;
    }

    private void word(String word) {
        if (!text.startsWith(word, at)) {
            throw broken(word);
        }
        at += word.length();
    }

    @Override
    public boolean readBoolean() {
        boolean value = peek() == 't';
        word(value ? "true" : "false");
        return value;
    }

    private String number() {
        peek();
        int start = at;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (start == at) {
            throw broken("a number");
        }
        return text.substring(start, at);
    }

    @Override
    public int readInt() {
        return readDecimal().intValueExact();
    }

    @Override
    public long readLong() {
        return readDecimal().longValueExact();
    }

    @Override
    public double readDouble() {
        return Double.parseDouble(number());
    }

    @Override
    public BigDecimal readDecimal() {
        return new BigDecimal(number());
    }

    @Override
    public BigInteger readBigInteger() {
        return readDecimal().toBigIntegerExact();
    }

    @Override
    public String readString() {
        expect('"');
        int start = at;
        skipString();
        String raw = text.substring(start, at - 1);
        return raw.indexOf('\\') < 0 ? raw : unescaped(raw);
    }

    /** Goes behind the quote that ends a string. */
    private void skipString() {
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return;
            }
            if (c == '\\') {
                at++;
            }
        }
        throw broken("'\"' at the end of a string");
    }

    private String unescaped(String raw) {
        var out = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escape = raw.charAt(++i);
            switch (escape) {
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case '"', '\\', '/' -> out.append(escape);
                case 'u' -> {
                    out.append(hexadecimal(raw, i + 1));
                    i += 4;
                }
                default -> throw broken("an escape before this place, not \\" + escape);
            }
        }
        return out.toString();
    }

    private char hexadecimal(String raw, int from) {
        try {
            return (char) Integer.parseInt(raw.substring(from, from + 4), 16);
        } catch (IndexOutOfBoundsException | NumberFormatException noNumber) {
            throw new JsonDataException("Expecting four hexadecimal digits before position " + at, noNumber);
        }
    }

    @Override
    public byte[] readBinary() {
        return Base64.getDecoder().decode(readString());
    }

    @Override
    public String readRaw() {
        peek();
        int start = at;
        skipValue();
        return text.substring(start, at);
    }

    @Override
    public void skipValue() {
        // By counting, not by recursion: texts of strangers may be nested as deep as they are long.
        int depth = 0;
        do {
            switch (peek()) {
                case '{', '[' -> {
                    depth++;
                    at++;
                }
                case '}', ']' -> {
                    depth--;
                    at++;
                }
                case ',', ':' -> at++;
                case '"' -> {
                    at++;
                    skipString();
                }
                case 't' -> word("true");
                case 'f' -> word("false");
                case 'n' -> word("null");
                default -> number();
            }
        } while (depth > 0);
        first = false;
    }

    @Override
    public Token currentToken() {
        return switch (peek()) {
            case '{' -> Token.BEGIN_OBJECT;
            case '[' -> Token.BEGIN_ARRAY;
            case '"' -> Token.STRING;
            case 't', 'f' -> Token.BOOLEAN;
            case 'n' -> Token.NULL;
            default -> Token.NUMBER;
        };
    }

    @Override
    public String location() {
        return "position " + at;
    }

    @Override
    public void unmappedField(String name) {
        // Fields that nobody knows are passed over.
    }

    @Override
    public void close() {
        // The text stays its owner's.
    }
}
