package dev.naru.buildkit;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.json.LongTexts;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import java.util.List;
import java.util.Map;

/** Text in JSON. */
final class JsonWords {
    private static final Jsonb JSON =
            Jsonb.builder().adapter(LongTexts.stream()).build();

    private JsonWords() {}

    /** A list of texts. */
    static List<String> texts(String json) {
        try {
            return JSON.type(String.class).list().fromJson(json);
        } catch (JsonException | IllegalStateException malformed) {
            throw NaruException.because(ErrorKind.INVALID, "malformed list of texts", malformed);
        }
    }

    /** Texts by name. */
    static Map<String, String> map(String json) {
        try {
            return JSON.type(String.class).map().fromJson(json);
        } catch (JsonException | IllegalStateException malformed) {
            throw NaruException.because(ErrorKind.INVALID, "malformed table of texts", malformed);
        }
    }

    static String quoted(String text) {
        return JSON.type(String.class).toJson(text);
    }
}
