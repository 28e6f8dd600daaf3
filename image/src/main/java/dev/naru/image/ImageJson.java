package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.json.LongTexts;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import io.avaje.jsonb.Types;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;

/** Reads and writes JSON of bounded size. */
final class ImageJson {
    /** No manifest, index or configuration is larger; registries allow 4 MiB. */
    static final long LIMIT = 8L * 1024 * 1024;

    private static final Jsonb JSONB =
            Jsonb.builder().adapter(LongTexts.stream()).build();

    private ImageJson() {}

    /**
     * Reads an object.
     *
     * @param what its name for the error
     * @throws NaruException INVALID when it is broken
     */
    static <T> T read(Class<T> type, byte[] json, String what) {
        return parsed(what, () -> JSONB.type(type).fromJson(json));
    }

    static <T> List<T> readList(Class<T> type, byte[] json, String what) {
        return parsed(what, () -> JSONB.type(type).list().fromJson(json));
    }

    /** Reads an object of objects of strings. */
    static Map<String, Map<String, String>> readNested(byte[] json, String what) {
        Type type = Types.mapOf(Types.mapOf(String.class));
        return parsed(
                what, () -> JSONB.<Map<String, Map<String, String>>>type(type).fromJson(json));
    }

    static byte[] write(Object value) {
        return JSONB.toJsonBytes(value);
    }

    static byte[] write(Type type, Object value) {
        return JSONB.type(type).toJsonBytes(value);
    }

    private interface Parse<T> {
        T run();
    }

    private static <T> T parsed(String what, Parse<T> parse) {
        try {
            T value = parse.run();
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
}
