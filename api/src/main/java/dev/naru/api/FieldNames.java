package dev.naru.api;

import io.avaje.json.PropertyNames;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The fields of a record, found whatever the case of their letters, as Go's decoder finds them. */
final class FieldNames implements PropertyNames {
    private final Map<String, String> folded = new HashMap<>();

    FieldNames(String... names) {
        for (String name : names) {
            folded.put(name.toLowerCase(Locale.ROOT), name);
        }
    }

    /** The name as the record has it, or the given one when there is no such field. */
    String of(String given) {
        return folded.getOrDefault(given.toLowerCase(Locale.ROOT), given);
    }
}
