package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.plugin.PluginCalls;
import io.avaje.json.JsonException;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls of a plug-in that networks need; what they carry is as open as Docker's protocol leaves it. */
final class RemoteCalls {
    private final PluginCalls calls;
    private final JsonType<Object> json = Jsonb.builder().build().type(Object.class);

    RemoteCalls(PluginCalls calls) {
        this.calls = requireNonNull(calls, "calls");
    }

    String name() {
        return calls.address().name();
    }

    /** Asks, and waits for one that is about to come. */
    Map<String, @Nullable Object> call(String what, String method, Map<String, ?> question) {
        try {
            return answer(what, calls.call(what, method, json.toJsonBytes(question)));
        } catch (PluginCalls.Refusal refused) {
            throw refused.as(what);
        }
    }

    /** Asks without waiting for one that is not there. */
    Map<String, @Nullable Object> ask(String what, String method, Map<String, ?> question) {
        try {
            return answer(what, calls.ask(what, method, json.toJsonBytes(question)));
        } catch (PluginCalls.Refusal refused) {
            throw refused.as(what);
        }
    }

    private Map<String, @Nullable Object> answer(String what, byte[] body) {
        try {
            return object(json.fromJson(body));
        } catch (JsonException malformed) {
            throw NaruException.because(
                    ErrorKind.INTERNAL, what + ": plugin " + name() + " answers no JSON", malformed);
        }
    }

    @SuppressWarnings("unchecked") // The keys of JSON's objects are texts.
    static Map<String, @Nullable Object> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }

    static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    /** Empty when it is absent. */
    static String text(Map<String, ? extends @Nullable Object> object, String key) {
        Object value = object.get(key);
        return value == null ? "" : value.toString();
    }

    static boolean flag(Map<String, ? extends @Nullable Object> object, String key) {
        return Boolean.TRUE.equals(object.get(key));
    }

    static int number(Map<String, ? extends @Nullable Object> object, String key) {
        return object.get(key) instanceof Number number ? number.intValue() : 0;
    }
}
