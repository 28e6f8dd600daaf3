package dev.naru.wire;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.jsonb.CustomAdapter;
import io.avaje.jsonb.Jsonb;

/** Reads whatever object stands for membership and writes an empty one: the generator has no form without components. */
@CustomAdapter
public final class EmptyAdapter implements JsonAdapter<Empty> {
    public EmptyAdapter(Jsonb jsonb) {}

    @Override
    public void toJson(JsonWriter writer, Empty value) {
        writer.beginObject();
        writer.endObject();
    }

    @Override
    public Empty fromJson(JsonReader reader) {
        reader.skipValue();
        return new Empty();
    }
}
