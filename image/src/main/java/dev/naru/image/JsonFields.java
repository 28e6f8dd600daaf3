package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.json.LongTexts;
import io.avaje.json.JsonException;
import io.avaje.json.mapper.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The fields of a JSON object that somebody else has written; what is missing reads as empty. */
final class JsonFields {
    private static final JsonFields NONE = new JsonFields(Map.of());

    private final Map<?, ?> object;

    private JsonFields(Map<?, ?> object) {
        this.object = object;
    }

    /** @throws NaruException INVALID when it is no object */
    static JsonFields read(byte[] json, String what) {
        try {
            return new JsonFields(JsonMapper.builder()
                    .jsonStream(LongTexts.stream())
                    .build()
                    .fromJsonObject(new String(json, StandardCharsets.UTF_8)));
        } catch (JsonException | IllegalStateException | IndexOutOfBoundsException | NullPointerException broken) {
            throw new NaruException(
                    ErrorKind.INVALID, "invalid " + what, String.valueOf(broken.getMessage()), null, broken);
        } catch (StackOverflowError nested) {
            throw new NaruException(ErrorKind.INVALID, "invalid " + what, "it is nested too deep", null, nested);
        }
    }

    boolean has(String name) {
        return object.get(name) != null;
    }

    String text(String name) {
        return object.get(name) instanceof String text ? text : "";
    }

    JsonFields object(String name) {
        return object.get(name) instanceof Map<?, ?> map ? new JsonFields(map) : NONE;
    }

    List<JsonFields> objects(String name) {
        var all = new ArrayList<JsonFields>();
        if (object.get(name) instanceof List<?> list) {
            list.forEach(each -> all.add(each instanceof Map<?, ?> map ? new JsonFields(map) : NONE));
        }
        return all;
    }

    List<String> texts(String name) {
        var all = new ArrayList<String>();
        if (object.get(name) instanceof List<?> list) {
            list.forEach(each -> all.add(String.valueOf(each)));
        }
        return all;
    }
}
