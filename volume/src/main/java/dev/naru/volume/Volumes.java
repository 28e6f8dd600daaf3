package dev.naru.volume;

import dev.naru.linux.OwnerMap;
import dev.naru.store.Finding;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The volumes of an engine. */
public interface Volumes {
    /**
     * Makes a volume, or answers the one of that name and driver, with whatever options it was made.
     *
     * @param name null for an anonymous volume, which gets a random name
     * @param driver empty for local ones
     * @throws dev.naru.error.NaruException NOT_FOUND without such a driver, CONFLICT when another driver has the name
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
     * The volume of that name, with what its driver tells of it.
     *
     * @throws dev.naru.error.NaruException NOT_FOUND with Docker's text
     */
    Volume get(String name);

    /** The volume of that name, ours or one that a plug-in knows. */
    Optional<Volume> find(String name);

    /** The volumes that this engine has made or used. */
    List<Volume> list();

    /** Those, and all that plug-ins know. */
    Listing listAll();

    /** The names of the drivers that can be used now. */
    List<String> drivers();

    /**
     * Removes a volume and its data.
     *
     * @param force also one whose driver is gone or refuses
     * @throws dev.naru.error.NaruException CONFLICT when a container uses it
     */
    void remove(String name, boolean force);

    /** Says that a container uses the volume; durable, repeatable. */
    void use(String name, String containerId);

    void release(String name, String containerId);

    /** The containers that use it. */
    List<String> users(String name);

    /**
     * Makes its data available and answers where. Repeatable.
     *
     * @param holder a container that starts, or another word for who needs it; the mount ends with its last holder
     * @throws dev.naru.error.NaruException with Docker's text when it can't be mounted
     */
    Path mount(String name, String holder);

    void unmount(String name, String holder);

    /** Ends the mounts of holders that are no more, and counts those that are; an engine calls it when it starts. */
    void reconcile(Predicate<String> alive);

    /**
     * Copies what the image has at {@code source} below {@code root} into a volume that is empty: files, modes, owners,
     * times, extended attributes, links. Links never lead out of {@code root}.
     *
     * @param owners the owners in the volume, outside, of those in the image, inside
     */
    void copyUp(String name, Path root, String source, OwnerMap owners);

    /**
     * Gives a volume other data, all or nothing where it is a directory.
     *
     * @param overwrite whether data that it has is dropped
     * @param fill puts the data into an empty directory
     * @throws dev.naru.error.NaruException CONFLICT when it has data
     */
    void replace(String name, boolean overwrite, Consumer<Path> fill);

    /** An empty file without a name, which is gone when it is closed, for what is too large for memory. */
    FileChannel spool();

    /**
     * Compares the volumes' directories with the database.
     *
     * @param repair whether to make missing directories and to take unknown ones in as volumes: data is never removed
     */
    List<Finding> check(boolean repair);

    /** Bytes on disk; -1 when nobody can tell. */
    long usage(String name);

    /**
     * A volume.
     *
     * @param mountpoint where its data is; empty when only its plug-in knows
     * @param anonymous whether its name was made up
     * @param scope {@code local} or {@code global}
     * @param status what its driver tells of it
     */
    record Volume(
            String name,
            String driver,
            Path mountpoint,
            Map<String, String> options,
            Map<String, String> labels,
            Instant createdAt,
            boolean anonymous,
            String scope,
            Map<String, Object> status) {
        public Volume {
            options = Map.copyOf(options);
            labels = Map.copyOf(labels);
            status = Map.copyOf(status);
        }
    }

    /**
     * Volumes.
     *
     * @param warnings about drivers that don't answer
     */
    record Listing(List<Volume> volumes, List<String> warnings) {
        public Listing {
            volumes = List.copyOf(volumes);
            warnings = List.copyOf(warnings);
        }
    }
}
