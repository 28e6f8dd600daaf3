package dev.naru.json;

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
import java.nio.charset.StandardCharsets;

/**
 * JSON whose strings may be of any length. The library's own reader refuses those of more than 32,768 characters, and
 * labels of images, steps of build files and variables of containers are longer. Texts with such a string are read by
 * {@link TextReader}, all others by the library, which is faster.
 */
public final class LongTexts implements JsonStream {
    /** The library's reader begins with 4,096 characters, doubles them, and stops below 50,000. */
    private static final int LONG = 30_000;

    private final JsonStream plain;

    private LongTexts(JsonStream plain) {
        this.plain = requireNonNull(plain, "plain");
    }

    /** With the library's settings: absent fields are left out, unknown ones passed over. */
    public static JsonStream stream() {
        return of(JsonStream.builder().serializeEmpty(true).build());
    }

    /**
     * With the settings of another stream.
     *
     * @param plain writes, and reads what has no long string
     */
    public static JsonStream of(JsonStream plain) {
        return new LongTexts(plain);
    }

    private static boolean hasLong(byte[] json) {
        int start = -1;
        for (int at = 0; at < json.length; at++) {
            byte c = json[at];
            if (c == '\\') {
                at++;
            } else if (c == '"') {
                if (start >= 0 && at - start >= LONG) {
                    return true;
                }
                start = start < 0 ? at : -1;
            }
        }
        return false;
    }

    @Override
    public JsonReader reader(byte[] json) {
        return json.length >= LONG && hasLong(json)
                ? new TextReader(new String(json, StandardCharsets.UTF_8))
                : plain.reader(json);
    }

    @Override
    public JsonReader reader(String json) {
        return json.length() >= LONG ? reader(json.getBytes(StandardCharsets.UTF_8)) : plain.reader(json);
    }

    /** A stream may never end: what comes from it is read by the library. */
    @Override
    public JsonReader reader(Reader reader) {
        return plain.reader(reader);
    }

    @Override
    public JsonReader reader(InputStream stream) {
        return plain.reader(stream);
    }

    @Override
    public PropertyNames properties(String... names) {
        return plain.properties(names);
    }

    @Override
    public JsonWriter writer(Writer writer) {
        return plain.writer(writer);
    }

    @Override
    public JsonWriter writer(OutputStream stream) {
        return plain.writer(stream);
    }

    @Override
    public JsonWriter writer(JsonOutput output) {
        return plain.writer(output);
    }

    @Override
    public BufferedJsonWriter bufferedWriter() {
        return plain.bufferedWriter();
    }

    @Override
    public BytesJsonWriter bufferedWriterAsBytes() {
        return plain.bufferedWriterAsBytes();
    }
}
