package dev.naru.api;

import dev.naru.error.NaruException;
import io.avaje.json.JsonEofException;
import io.avaje.json.JsonException;

/** Reads a request's JSON and says what is wrong with it as Docker does. */
final class JsonBody {
    private JsonBody() {}

    static <T> T read(Class<T> type, byte[] json) {
        int end = JsonEnd.of(json);
        if (end < 0) {
            throw NaruException.invalid("invalid JSON: unexpected EOF");
        }
        for (int at = end; at < json.length; at++) {
            if (!JsonEnd.isSpace(json[at])) {
                throw NaruException.invalid("unexpected content after JSON");
            }
        }
        try {
            T value = Json.read(type, json);
            if (value == null) {
                throw NaruException.invalid("invalid JSON: an object is needed");
            }
            return value;
        } catch (JsonEofException e) {
            throw NaruException.invalid("invalid JSON: unexpected EOF");
        } catch (JsonException e) {
            throw NaruException.invalid("invalid JSON: " + firstLine(e.getMessage()));
        } catch (ArithmeticException
                | IndexOutOfBoundsException
                | ClassCastException
                | IllegalStateException
                | NullPointerException e) {
            // The parser's own trouble with a hostile text.
            throw NaruException.invalid("invalid JSON: " + firstLine(e.getMessage()));
        }
    }

    private static String firstLine(@org.jspecify.annotations.Nullable String message) {
        return message == null ? "malformed" : message.lines().findFirst().orElse("malformed");
    }
}
