package dev.naru.api;

import static java.util.Objects.requireNonNull;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;

/** Writes each field of a record, null or not, as dockerd does with endpoints. */
final class AllFields<T> implements JsonAdapter<T> {
    private final JsonAdapter<T> plain;

    AllFields(JsonAdapter<T> plain) {
        this.plain = requireNonNull(plain, "plain");
    }

    @Override
    public void toJson(JsonWriter writer, T value) {
        boolean before = writer.serializeNulls();
        writer.serializeNulls(true);
        plain.toJson(writer, value);
        writer.serializeNulls(before);
    }

    @Override
    public T fromJson(JsonReader reader) {
        return plain.fromJson(reader);
    }
}
