package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.TreeMap;

/**
 * An event to be written: what happened to which object.
 *
 * @param type {@code container}, {@code image}, {@code volume}, {@code network} or {@code daemon}
 * @param action such as {@code start}
 * @param actorId the object's id
 * @param attributes what else is told, sorted
 */
record Happening(String type, String action, String actorId, Map<String, String> attributes) {
    Happening {
        requireNonNull(type, "type");
        requireNonNull(action, "action");
        requireNonNull(actorId, "actorId");
        attributes = java.util.Collections.unmodifiableMap(new TreeMap<>(attributes));
    }

    /** Of a container: its image, name and labels are told with it. */
    static Happening of(ContainerRecord container, String action, Map<String, String> attributes) {
        Map<String, String> labels = container.config().labels();
        var all = new TreeMap<String, String>(labels == null ? Map.of() : labels);
        all.put("image", container.imageName());
        all.put("name", container.name());
        all.putAll(attributes);
        return new Happening("container", action, container.id(), all);
    }

    static Happening of(ContainerRecord container, String action) {
        return of(container, action, Map.of());
    }
}
