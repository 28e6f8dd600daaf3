package dev.naru.engine;

import dev.naru.json.LongTexts;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.util.List;
import java.util.Map;

/** JSON that is no record. */
final class JsonValues {
    private static final Jsonb JSONB =
            Jsonb.builder().adapter(LongTexts.stream()).build();
    private static final JsonType<List<String>> STRINGS =
            JSONB.type(String.class).list();
    private static final JsonType<Map<String, Object>> OBJECT =
            JSONB.type(Object.class).map();

    private JsonValues() {}

    static List<String> strings(String json) {
        return STRINGS.fromJson(json);
    }

    static Map<String, Object> object(String json) {
        return OBJECT.fromJson(json);
    }
}
