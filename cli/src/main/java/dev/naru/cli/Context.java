package dev.naru.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A named engine.
 *
 * @param fields its {@code meta.json}: {@code Name}, {@code Metadata} and {@code Endpoints}
 */
record Context(Map<String, @Nullable Object> fields) {
    static Context of(String name, String description, Map<String, @Nullable Object> endpoint) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("Name", name);
        fields.put("Metadata", description.isEmpty() ? Map.of() : Map.of("Description", description));
        fields.put("Endpoints", Map.of("docker", endpoint));
        return new Context(fields);
    }

    String name() {
        return Json.text(fields, "Name");
    }

    String description() {
        return Json.text(fields, "Metadata", "Description");
    }

    Map<String, @Nullable Object> endpoint() {
        return Json.object(Json.at(fields, "Endpoints", "docker"));
    }

    String host() {
        return Json.text(endpoint(), "Host");
    }

    boolean skipsVerification() {
        return Json.is(endpoint(), "SkipTLSVerify");
    }
}
