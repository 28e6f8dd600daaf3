package dev.naru.api;

import static java.util.Objects.requireNonNull;

import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.json.PropertyNames;
import io.avaje.json.stream.BufferedJsonWriter;
import io.avaje.json.stream.BytesJsonWriter;
import io.avaje.json.stream.JsonOutput;
import io.avaje.json.stream.JsonStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;

/** The parser of requests: it only reads, and gives its readers names that {@link RequestReader} understands. */
final class RequestStream implements JsonStream {
    private final JsonStream plain;

    RequestStream(JsonStream plain) {
        this.plain = requireNonNull(plain, "plain");
    }

    @Override
    public PropertyNames properties(String... names) {
        return new FieldNames(names);
    }

    @Override
    public JsonReader reader(byte[] json) {
        return plain.reader(json);
    }

    @Override
    public JsonReader reader(String json) {
        return plain.reader(json);
    }

    @Override
    public JsonReader reader(Reader reader) {
        return plain.reader(reader);
    }

    @Override
    public JsonReader reader(InputStream stream) {
        return plain.reader(stream);
    }

    @Override
    public JsonWriter writer(Writer writer) {
        throw new UnsupportedOperationException("requests are only read");
    }

    @Override
    public JsonWriter writer(OutputStream stream) {
        throw new UnsupportedOperationException("requests are only read");
    }

    @Override
    public JsonWriter writer(JsonOutput output) {
        throw new UnsupportedOperationException("requests are only read");
    }

    @Override
    public BufferedJsonWriter bufferedWriter() {
        throw new UnsupportedOperationException("requests are only read");
    }

    @Override
    public BytesJsonWriter bufferedWriterAsBytes() {
        throw new UnsupportedOperationException("requests are only read");
    }
}
