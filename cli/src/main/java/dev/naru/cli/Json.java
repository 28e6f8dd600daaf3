package dev.naru.cli;

import dev.naru.json.LongTexts;
import io.avaje.json.JsonException;
import io.avaje.json.mapper.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON into trees, and takes values out of them. */
final class Json {
    private static final JsonMapper TREE =
            JsonMapper.builder().jsonStream(LongTexts.stream()).build();

    private Json() {}

    static @Nullable Object read(byte[] json) {
        return read(json, "the engine's answer is not JSON");
    }

    /** @throws CliException that begins so when it is none */
    static @Nullable Object read(byte[] json, String broken) {
        try {
            return json.length == 0 ? null : TREE.fromJson(new String(json, StandardCharsets.UTF_8));
        } catch (JsonException e) {
            throw new CliException(broken + ": " + e.getMessage());
        }
    }

    /** The tree as an object; empty for anything else. */
    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> object(@Nullable Object tree) {
        return tree instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }

    /** The tree as a list; empty for anything else. */
    @SuppressWarnings("unchecked")
    static List<@Nullable Object> list(@Nullable Object tree) {
        return tree instanceof List<?> list ? (List<@Nullable Object>) list : List.of();
    }

    /** A value on a path of keys, or null. */
    static @Nullable Object at(@Nullable Object tree, String... path) {
        Object value = tree;
        for (String key : path) {
            value = value instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return value;
    }

    static String text(@Nullable Object tree, String... path) {
        Object value = at(tree, path);
        return value == null ? "" : TemplateValue.text(value);
    }

    static long number(@Nullable Object tree, String... path) {
        return at(tree, path) instanceof Number number ? number.longValue() : 0;
    }

    static boolean is(@Nullable Object tree, String... path) {
        return Boolean.TRUE.equals(at(tree, path));
    }
}
