package dev.naru.api;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import io.avaje.json.JsonReader;
import io.avaje.json.PropertyNames;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request as Go's decoder does: fields are found whatever the case of their letters, and a value of another type
 * is refused with Go's words, which name the field.
 */
final class RequestReader implements JsonReader {
    private static final FieldNames ANY = new FieldNames();

    private final JsonReader plain;
    private final String root;
    private final Deque<FieldNames> names = new ArrayDeque<>();
    private final Deque<String> path = new ArrayDeque<>();

    /**
     * @param root the name that Go's type of the whole has in messages
     */
    RequestReader(JsonReader plain, String root) {
        this.plain = requireNonNull(plain, "plain");
        this.root = requireNonNull(root, "root");
    }

    /** Whether the value may be one text in place of a list, as commands of a container's configuration may. */
    boolean takesText() {
        String field = path.isEmpty() ? "" : path.getLast();
        return !root.startsWith("container.Exec") && (field.equals("Cmd") || field.equals("Entrypoint"));
    }

    NaruException mismatch(@Nullable String number, String type) {
        String given = number == null ? given() : "number " + number;
        String field = String.join(".", path);
        String struct = root.equals("container.ExecOptions") ? "ExecOptions" : "";
        String target = field.isEmpty() ? "Go value" : "Go struct field " + struct + "." + field;
        return NaruException.invalid("invalid JSON: json: cannot unmarshal " + given + " into " + target + " of type "
                + (field.isEmpty() ? root : type));
    }

    private String given() {
        return switch (plain.currentToken()) {
            case BEGIN_ARRAY -> "array";
            case BEGIN_OBJECT -> "object";
            case STRING -> "string";
            case NUMBER -> "number";
            case BOOLEAN -> "bool";
            case NULL -> "null";
        };
    }

    private void require(Token token, String type) {
        if (plain.currentToken() != token) {
            throw mismatch(null, type);
        }
    }

    private String struct() {
        return "container." + (path.isEmpty() ? "" : path.getLast());
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return plain.unwrap(type);
    }

    @Override
    public void beginArray() {
        require(Token.BEGIN_ARRAY, "[]string");
        plain.beginArray();
    }

    @Override
    public void endArray() {
        plain.endArray();
    }

    @Override
    public boolean hasNextElement() {
        return plain.hasNextElement();
    }

    @Override
    public void beginObject(PropertyNames properties) {
        require(Token.BEGIN_OBJECT, struct());
        begin(properties instanceof FieldNames known ? known : ANY);
    }

    @Override
    public void beginObject() {
        require(Token.BEGIN_OBJECT, "map[string]string");
        begin(ANY);
    }

    private void begin(FieldNames known) {
        names.addLast(known);
        path.addLast("");
        plain.beginObject();
    }

    @Override
    public void endObject() {
        plain.endObject();
        names.removeLast();
        path.removeLast();
    }

    @Override
    public boolean hasNextField() {
        return plain.hasNextField();
    }

    @Override
    public String nextField() {
        String field = names.getLast().of(plain.nextField());
        path.removeLast();
        path.addLast(field);
        return field;
    }

    @Override
    public boolean isNullValue() {
        return plain.isNullValue();
    }

    @Override
    public boolean readBoolean() {
        require(Token.BOOLEAN, "bool");
        return plain.readBoolean();
    }

    @Override
    public int readInt() {
        String number = number("int");
        try {
            return Integer.parseInt(number);
        } catch (NumberFormatException e) {
            throw mismatch(number, "int");
        }
    }

    @Override
    public long readLong() {
        String number = number("int64");
        try {
            return Long.parseLong(number);
        } catch (NumberFormatException e) {
            throw mismatch(number, "int64");
        }
    }

    private String number(String type) {
        require(Token.NUMBER, type);
        return plain.readRaw().strip();
    }

    @Override
    public double readDouble() {
        require(Token.NUMBER, "float64");
        return plain.readDouble();
    }

    @Override
    public BigDecimal readDecimal() {
        require(Token.NUMBER, "float64");
        return plain.readDecimal();
    }

    @Override
    public BigInteger readBigInteger() {
        require(Token.NUMBER, "int64");
        return plain.readBigInteger();
    }

    @Override
    public String readString() {
        if (plain.isNullValue()) {
            return "";
        }
        require(Token.STRING, "string");
        return plain.readString();
    }

    @Override
    public byte[] readBinary() {
        require(Token.STRING, "[]uint8");
        return plain.readBinary();
    }

    @Override
    public String readRaw() {
        return plain.readRaw();
    }

    @Override
    public String location() {
        return plain.location();
    }

    @Override
    public Token currentToken() {
        return plain.currentToken();
    }

    @Override
    public void close() {
        plain.close();
    }

    @Override
    public void skipValue() {
        plain.skipValue();
    }

    @Override
    public void unmappedField(String field) {
        plain.unmappedField(field);
    }
}
