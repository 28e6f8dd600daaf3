package dev.naru.client;

import dev.naru.json.LongTexts;
import io.avaje.json.JsonException;
import io.avaje.json.stream.JsonStream;
import io.avaje.jsonb.Jsonb;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The API's JSON: absent fields are left out, unknown ones ignored. */
final class Json {
    private static final Jsonb JSONB = Jsonb.builder()
            .adapter(LongTexts.of(JsonStream.builder()
                    .serializeNulls(false)
                    .serializeEmpty(true)
                    .failOnUnknown(false)
                    .build()))
            .build();

    private Json() {}

    @SuppressWarnings("unchecked")
    static <T> byte[] bytes(T value) {
        return JSONB.type((Class<T>) value.getClass()).toJsonBytes(value);
    }

    static String text(Object value) {
        return JSONB.type(Object.class).toJson(value);
    }

    static <T> T read(Class<T> type, byte[] json) {
        try {
            return JSONB.type(type).fromJson(json);
        } catch (JsonException e) {
            throw new ApiException("cannot understand the engine's answer", e);
        }
    }

    /** An object of any shape; empty when it is something else. */
    static Map<?, ?> object(byte[] json) {
        try {
            return JSONB.type(Object.class).fromJson(json) instanceof Map<?, ?> map ? map : Map.of();
        } catch (JsonException e) {
            throw new ApiException("cannot understand the engine's answer", e);
        }
    }

    static <T> List<T> readList(Class<T> type, byte[] json) {
        try {
            List<T> list = JSONB.type(type).list().fromJson(json);
            return list == null ? List.of() : list;
        } catch (JsonException e) {
            throw new ApiException("cannot understand the engine's answer", e);
        }
    }

    /** Gives each line's value to the sink as it comes. */
    static <T> void lines(Class<T> type, InputStream body, Consumer<T> sink) throws IOException {
        var reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8), 512);
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (!line.isBlank()) {
                sink.accept(read(type, line.getBytes(StandardCharsets.UTF_8)));
            }
        }
    }
}
