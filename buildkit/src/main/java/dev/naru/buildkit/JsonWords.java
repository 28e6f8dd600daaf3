package dev.naru.buildkit;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Text in JSON. */
final class JsonWords {
    private static final Jsonb JSON = Jsonb.builder().build();

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
        var quoted = new StringBuilder("\"");
        for (int at = 0; at < text.length(); at++) {
            char each = text.charAt(at);
            if (each == '"' || each == '\\') {
                quoted.append('\\').append(each);
            } else if (each < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) each));
            } else {
                quoted.append(each);
            }
        }
        return quoted.append('"').toString();
    }
}
