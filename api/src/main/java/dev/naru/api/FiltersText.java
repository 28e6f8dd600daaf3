package dev.naru.api;

import dev.naru.engine.Filters;
import dev.naru.error.NaruException;
import io.avaje.json.JsonException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The filters parameter: {@code {"key":["value"]}}, or {@code {"key":{"value":true}}} as Docker's own clients send it. */
final class FiltersText {
    private FiltersText() {}

    static Filters parse(String text) {
        if (text.isEmpty()) {
            return Filters.NONE;
        }
        Object read;
        try {
            read = Json.read(text);
        } catch (JsonException | IndexOutOfBoundsException | IllegalStateException | ArithmeticException e) {
            throw NaruException.invalid("invalid filter");
        }
        if (!(read instanceof Map<?, ?> map)) {
            throw NaruException.invalid("invalid filter");
        }
        var values = new LinkedHashMap<String, List<String>>();
        map.forEach((key, value) -> values.put(String.valueOf(key), values(value)));
        return new Filters(values);
    }

    private static List<String> values(@org.jspecify.annotations.Nullable Object value) {
        var values = new ArrayList<String>();
        switch (value) {
            case Map<?, ?> set ->
                set.forEach((each, on) -> {
                    if (!(on instanceof Boolean present)) {
                        throw NaruException.invalid("invalid filter");
                    }
                    if (present) {
                        values.add(String.valueOf(each));
                    }
                });
            case List<?> list ->
                list.forEach(each -> {
                    if (!(each instanceof String word)) {
                        throw NaruException.invalid("invalid filter");
                    }
                    values.add(word);
                });
            case null, default -> throw NaruException.invalid("invalid filter");
        }
        return values;
    }
}
