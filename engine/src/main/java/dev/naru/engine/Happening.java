package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.image.Image;
import java.util.List;
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

    /** Of an image: its labels are told with it, and its id in place of a name. */
    static Happening of(Image image, String action, String name) {
        var all = new TreeMap<String, String>(ImageList.labels(image));
        all.put("name", name);
        return new Happening("image", action, image.id(), all);
    }

    /** The volumes that come into a container with its start. */
    static List<Happening> mounts(ContainerRecord container) {
        return container.mounts().stream()
                .filter(ContainerMount::isVolume)
                .map(mount -> volume(
                        mount,
                        "mount",
                        Map.of(
                                "container",
                                container.id(),
                                "destination",
                                mount.destination(),
                                "propagation",
                                mount.propagation(),
                                "read/write",
                                Boolean.toString(mount.writable()))))
                .toList();
    }

    /** The volumes that go with its end. */
    static List<Happening> unmounts(ContainerRecord container) {
        return container.mounts().stream()
                .filter(ContainerMount::isVolume)
                .map(mount -> volume(mount, "unmount", Map.of("container", container.id())))
                .toList();
    }

    static Happening volume(ContainerMount mount, String action, Map<String, String> attributes) {
        var all = new TreeMap<String, String>(attributes);
        all.put("driver", mount.driver());
        return new Happening("volume", action, mount.name(), all);
    }

    static Happening of(ContainerRecord container, String action) {
        return of(container, action, Map.of());
    }
}
