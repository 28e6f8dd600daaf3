package dev.naru.grpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Header fields of a call, in order; names are lower-case and may repeat. Not for several threads at a time. */
public final class Metadata {
    private final List<Field> fields = new ArrayList<>();

    private record Field(String name, String value) {}

    public Metadata add(String name, String value) {
        fields.add(new Field(name.toLowerCase(Locale.ROOT), value));
        return this;
    }

    /** The first value of a name. */
    public @Nullable String get(String name) {
        for (Field field : fields) {
            if (field.name().equals(name)) {
                return field.value();
            }
        }
        return null;
    }

    public String get(String name, String otherwise) {
        String value = get(name);
        return value == null ? otherwise : value;
    }

    public List<String> all(String name) {
        return fields.stream()
                .filter(field -> field.name().equals(name))
                .map(Field::value)
                .toList();
    }

    public void forEach(BiConsumer<String, String> action) {
        fields.forEach(field -> action.accept(field.name(), field.value()));
    }
}
