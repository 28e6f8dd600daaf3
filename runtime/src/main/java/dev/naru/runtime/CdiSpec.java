package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One file that describes devices of a kind.
 *
 * @param kind vendor and class
 * @param edits made when any of the devices is asked for
 * @param devices by name, in the file's order
 */
record CdiSpec(Path file, String kind, CdiEdits edits, Map<String, Device> devices) {
    CdiSpec {
        requireNonNull(file, "file");
        requireNonNull(kind, "kind");
        requireNonNull(edits, "edits");
        devices = Collections.unmodifiableMap(new LinkedHashMap<>(devices));
    }

    /**
     * A device.
     *
     * @param annotations of the file and, more than these, its own
     */
    record Device(CdiEdits edits, Map<String, String> annotations) {
        Device {
            requireNonNull(edits, "edits");
            annotations = Map.copyOf(annotations);
        }
    }
}
