package dev.naru.api;

import static java.util.Objects.requireNonNull;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.jsonb.Jsonb;
import java.io.StringWriter;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code "Key":null} for the fields that dockerd never leaves out; programs in other languages index them without
 * asking whether they are there.
 */
final class ExplicitNulls<T> implements JsonAdapter<T> {
    private final Jsonb jsonb;
    private final JsonAdapter<T> plain;
    private final Map<String, Function<T, @Nullable Object>> fields;

    ExplicitNulls(Jsonb jsonb, JsonAdapter<T> plain, Map<String, Function<T, @Nullable Object>> fields) {
        this.jsonb = requireNonNull(jsonb, "jsonb");
        this.plain = requireNonNull(plain, "plain");
        this.fields = Map.copyOf(fields);
    }

    @Override
    public void toJson(JsonWriter writer, T value) {
        var nulls = new StringBuilder();
        fields.forEach((name, field) -> {
            if (field.apply(value) == null) {
                nulls.append(",\"").append(name).append("\":null");
            }
        });
        if (nulls.isEmpty()) {
            plain.toJson(writer, value);
            return;
        }
        var text = new StringWriter();
        try (JsonWriter inner = jsonb.writer(text)) {
            plain.toJson(inner, value);
        }
        text.getBuffer().setLength(text.getBuffer().length() - 1);
        boolean empty = text.getBuffer().length() == 1;
        writer.rawValue(text + (empty ? nulls.substring(1) : nulls.toString()) + "}");
    }

    @Override
    public T fromJson(JsonReader reader) {
        return plain.fromJson(reader);
    }
}
