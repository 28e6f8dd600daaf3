package dev.naru.registryserver;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;

/** JSON of bounded size. */
final class RegistryJson {
    private static final Jsonb JSONB = Jsonb.builder().build();

    private RegistryJson() {}

    /** @throws NaruException INVALID when it is broken */
    static <T> T read(Class<T> type, byte[] json, String what) {
        try {
            T value = JSONB.type(type).fromJson(json);
            if (value == null) {
                throw NaruException.invalid("invalid " + what + ": it is null");
            }
            return value;
        } catch (JsonException | IllegalStateException | NullPointerException | IllegalArgumentException broken) {
            throw new NaruException(
                    ErrorKind.INVALID, "invalid " + what, String.valueOf(broken.getMessage()), null, broken);
        } catch (StackOverflowError nested) {
            throw new NaruException(ErrorKind.INVALID, "invalid " + what, "it is nested too deep", null, nested);
        }
    }

    static byte[] write(Object value) {
        return JSONB.toJsonBytes(value);
    }
}
