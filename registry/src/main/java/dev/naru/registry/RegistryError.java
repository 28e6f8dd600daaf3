package dev.naru.registry;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** One error of an answer (distribution-spec, Error codes). */
@Json
record RegistryError(@Nullable String code, @Nullable String message) {
    /** As Docker writes it: {@code manifest unknown: manifest unknown}. */
    String text() {
        String words =
                code == null ? "" : code.toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        if (message == null || message.isEmpty()) {
            return words;
        }
        return words.isEmpty() ? message : words + ": " + message;
    }
}
