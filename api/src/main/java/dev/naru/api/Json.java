package dev.naru.api;

import dev.naru.json.LongTexts;
import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.json.stream.JsonStream;
import io.avaje.jsonb.Jsonb;
import io.avaje.jsonb.Types;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON of the API: absent fields are left out, unknown ones ignored. */
final class Json {
    private static final Jsonb JSONB = NullFields.addTo(Jsonb.builder())
            .adapter(LongTexts.of(JsonStream.builder()
                    .serializeNulls(false)
                    .serializeEmpty(true)
                    .failOnUnknown(false)
                    .build()))
            .add(Types.listOf(String.class), new StringsAdapter().nullSafe())
            .build();

    /** For requests: field names are matched as Go matches them. */
    private static final Jsonb REQUESTS = Jsonb.builder()
            .failOnUnknown(false)
            .adapter(new RequestStream(LongTexts.stream()))
            .add(Types.listOf(String.class), new StringsAdapter().nullSafe())
            .build();

    private Json() {}

    /** Reads a request, whose syntax has been checked and which is not {@code null}. */
    static <T> T request(Class<T> type, byte[] json) {
        try (JsonReader reader = REQUESTS.reader(json)) {
            return REQUESTS.type(type).fromJson(new RequestReader(reader, goName(type)));
        }
    }

    private static String goName(Class<?> type) {
        return switch (type.getSimpleName()) {
            case "ContainerCreateRequest" -> "container.CreateRequest";
            case "ExecCreateRequest" -> "container.ExecOptions";
            case "ExecStartRequest" -> "container.ExecStartOptions";
            case "ContainerUpdateRequest" -> "container.UpdateConfig";
            case "ContainerConfig" -> "container.Config";
            case "VolumeCreateOptions" -> "volume.CreateOptions";
            case "NetworkCreateRequest" -> "network.CreateRequest";
            case "AuthConfig" -> "registry.AuthConfig";
            default -> type.getSimpleName();
        };
    }

    static <T> T read(Class<T> type, byte[] json) {
        return JSONB.type(type).fromJson(json);
    }

    /** Reads JSON of any shape to maps, lists, texts, numbers and booleans. */
    static @Nullable Object read(String json) {
        return JSONB.type(Object.class).fromJson(json);
    }

    /** Writes maps, lists, texts, numbers and booleans. */
    static String text(Object value) {
        return JSONB.type(Object.class).toJson(value);
    }

    /** One line, as dockerd's encoder writes it. */
    @SuppressWarnings("unchecked")
    static <T> byte[] line(T value) {
        return line(JSONB.type((Class<T>) value.getClass()).toJson(value));
    }

    static <T> byte[] line(Class<T> type, List<T> values) {
        return line(JSONB.type(type).list().toJson(values));
    }

    private static byte[] line(String json) {
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Commands and entry points may be one text instead of a list, as older clients send them. */
    private static final class StringsAdapter implements JsonAdapter<List<String>> {
        @Override
        public void toJson(JsonWriter writer, List<String> value) {
            writer.beginArray();
            for (String each : value) {
                writer.value(each);
            }
            writer.endArray();
        }

        @Override
        public List<String> fromJson(JsonReader reader) {
            var values = new ArrayList<String>();
            if (reader.currentToken() == JsonReader.Token.STRING) {
                if (reader instanceof RequestReader request && !request.takesText()) {
                    throw request.mismatch(null, "[]string");
                }
                values.add(reader.readString());
                return values;
            }
            reader.beginArray();
            while (reader.hasNextElement()) {
                values.add(reader.readString());
            }
            reader.endArray();
            return values;
        }
    }
}
