package dev.naru.registry;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.json.LongTexts;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Reads and writes the JSON of registries, which may be hostile. */
public final class RegistryJson {
    private static final Jsonb JSONB =
            Jsonb.builder().adapter(LongTexts.stream()).build();

    private RegistryJson() {}

    /**
     * Reads an object.
     *
     * @param what its name for the error
     * @throws NaruException INVALID when it is broken
     */
    public static <T> T read(Class<T> type, byte[] json, String what) {
        try {
            T value = JSONB.type(type).fromJson(json);
            if (value == null) {
                throw new NaruException(ErrorKind.INVALID, "invalid " + what, "it is null", null);
            }
            return value;
        } catch (JsonException
                | IllegalStateException
                | NullPointerException
                | ClassCastException
                | IndexOutOfBoundsException
                | ArithmeticException
                | IllegalArgumentException broken) {
            throw new NaruException(
                    ErrorKind.INVALID, "invalid " + what, String.valueOf(broken.getMessage()), null, broken);
        } catch (StackOverflowError nested) {
            throw new NaruException(ErrorKind.INVALID, "invalid " + what, "it is nested too deep", null, nested);
        }
    }

    /** The JSON of a value. */
    public static byte[] write(Object value) {
        return JSONB.toJsonBytes(value);
    }

    /** An error answer's text, if it has one. */
    static Optional<String> errorText(byte[] body) {
        try {
            RegistryErrors errors = read(RegistryErrors.class, body, "error");
            List<RegistryError> list = errors.errors();
            if (list != null && !list.isEmpty()) {
                return Optional.of(list.stream()
                        .map(RegistryError::text)
                        .reduce((a, b) -> a + ", " + b)
                        .orElse(""));
            }
            return Optional.ofNullable(errors.details() != null ? errors.details() : errors.message());
        } catch (NaruException noJson) {
            String text = new String(body, StandardCharsets.UTF_8).strip();
            return text.isEmpty() || text.length() > 300 || text.startsWith("<") ? Optional.empty() : Optional.of(text);
        }
    }
}
