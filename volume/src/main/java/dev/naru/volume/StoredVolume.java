package dev.naru.volume;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The document of a volume; its id is its name.
 *
 * @param createdAt RFC 3339
 * @param users the containers that use it
 */
@Json
record StoredVolume(
        String name,
        String driver,
        Map<String, String> options,
        Map<String, String> labels,
        String createdAt,
        boolean anonymous,
        List<String> users) {
    static final String KIND = "volumes";

    StoredVolume {
        options = options == null ? Map.of() : Map.copyOf(options);
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        users = users == null ? List.of() : List.copyOf(users);
    }

    StoredVolume withUsers(List<String> others) {
        return new StoredVolume(name, driver, options, labels, createdAt, anonymous, others);
    }

    Instant created() {
        return Instant.parse(createdAt);
    }
}
