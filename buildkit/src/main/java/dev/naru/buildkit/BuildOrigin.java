package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a client asked for.
 *
 * @param attributes of the frontend
 * @param internal whether it is no build of its user's, but a question of the client's
 */
record BuildOrigin(
        String frontend,
        Map<String, String> attributes,
        List<Exports.Export> exports,
        Instant begun,
        boolean internal) {
    BuildOrigin {
        requireNonNull(frontend, "frontend");
        attributes = Map.copyOf(attributes);
        exports = List.copyOf(exports);
        requireNonNull(begun, "begun");
    }
}
