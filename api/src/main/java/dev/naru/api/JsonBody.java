package dev.naru.api;

import dev.naru.error.NaruException;
import io.avaje.json.JsonException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads a request's JSON and says what is wrong with it as Docker does. */
final class JsonBody {
    private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.US_ASCII);

    private JsonBody() {}

    /** The record, without any field when the text is {@code null}; null when the text is white space. */
    static <T> @Nullable T read(Class<T> type, byte[] json) {
        int end = JsonSyntax.end(json);
        if (end == 0) {
            return null;
        }
        for (int at = end; at < json.length; at++) {
            if (!JsonSyntax.isSpace(json[at])) {
                throw NaruException.invalid("unexpected content after JSON");
            }
        }
        if (new String(json, 0, end, StandardCharsets.UTF_8).strip().equals("null")) {
            return empty(type);
        }
        try {
            return Json.request(type, json);
        } catch (JsonException
                | ArithmeticException
                | IndexOutOfBoundsException
                | ClassCastException
                | IllegalStateException
                | NullPointerException e) {
            // The parser's own trouble with a hostile text.
            throw NaruException.invalid("invalid JSON: " + firstLine(e.getMessage()));
        }
    }

    /** A record without any field. */
    static <T> T empty(Class<T> type) {
        return Json.read(type, EMPTY);
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "malformed" : message.lines().findFirst().orElse("malformed");
    }
}
