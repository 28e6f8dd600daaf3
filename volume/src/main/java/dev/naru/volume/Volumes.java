package dev.naru.volume;

import dev.naru.linux.OwnerMap;
import dev.naru.store.Finding;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The volumes of an engine. */
public interface Volumes {
    /**
     * Makes a volume, or answers the one of that name when driver and options agree.
     *
     * @param name null for an anonymous volume, which gets a random name
     */
    Volume create(@Nullable String name, String driver, Map<String, String> options, Map<String, String> labels);

    /**
     * Makes an anonymous volume that a container uses from the beginning: after a death in between, its user tells whether
     * anybody wants it.
     */
    Volume createFor(String containerId, String driver, Map<String, String> options, Map<String, String> labels);

    /** Ends a container's use of a volume, and removes the volume at once with its last one; no death comes in between. */
    void discard(String name, String containerId);

    /**
     * The volume of that name.
     *
     * @throws dev.naru.error.NaruException NOT_FOUND with Docker's text
     */
    Volume get(String name);

    Optional<Volume> find(String name);

    List<Volume> list();

    /**
     * Removes a volume and its data.
     *
     * @throws dev.naru.error.NaruException CONFLICT when a container uses it
     */
    void remove(String name, boolean force);

    /** Says that a container uses the volume; durable, repeatable. */
    void use(String name, String containerId);

    void release(String name, String containerId);

    /** The containers that use it. */
    List<String> users(String name);

    /** Makes its data available and answers where. Repeatable. */
    Path mount(String name, String containerId);

    void unmount(String name, String containerId);

    /**
     * Copies what the image has at {@code source} below {@code root} into a volume that is empty: files, modes, owners,
     * times, extended attributes, links. Links never lead out of {@code root}.
     *
     * @param owners the owners in the volume, outside, of those in the image, inside
     */
    void copyUp(String name, Path root, String source, OwnerMap owners);

    /**
     * Compares the volumes' directories with the database.
     *
     * @param repair whether to make missing directories and to take unknown ones in as volumes: data is never removed
     */
    List<Finding> check(boolean repair);

    /** Bytes on disk. */
    long usage(String name);

    /**
     * A volume.
     *
     * @param anonymous whether its name was made up
     */
    record Volume(
            String name,
            String driver,
            Path mountpoint,
            Map<String, String> options,
            Map<String, String> labels,
            Instant createdAt,
            boolean anonymous) {
        public Volume {
            options = Map.copyOf(options);
            labels = Map.copyOf(labels);
        }
    }
}
