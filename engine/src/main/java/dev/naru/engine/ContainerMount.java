package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.wire.MountPoint;
import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One mount of a container as decided at its creation, from {@code -v}, {@code --mount}, the image's volumes or another
 * container.
 *
 * @param type {@code bind}, {@code volume}, {@code tmpfs} or {@code image}
 * @param name the volume's name, or the image as it was named; empty for other types
 * @param source the host's path of a bind, the id of an image; empty for other types
 * @param destination where it appears, absolute and without {@code ..}
 * @param driver the volume's driver; empty for other types
 * @param mode the mode part of {@code -v}, as given
 * @param writable whether the container may write
 * @param propagation of a bind: {@code rprivate}, {@code rslave}, ...; empty for other types
 * @param options a tmpfs's mount options
 * @param subpath the part of the volume or image that is mounted; empty for all
 * @param noCopy whether a new volume stays empty although the image has files there
 * @param nonRecursive whether a bind leaves out the mounts below its source
 * @param readOnly how far reading only goes
 * @param anonymous whether the volume was made for this container alone, without a name
 * @param createSource whether a missing source becomes a directory, as {@code -v} has it
 * @param idMap the option of {@code -v} that maps owners ({@link IdMapOption}), as given; null for none
 */
@Json
@RecordBuilder
public record ContainerMount(
        String type,
        String name,
        String source,
        String destination,
        String driver,
        String mode,
        boolean writable,
        String propagation,
        List<String> options,
        String subpath,
        boolean noCopy,
        boolean nonRecursive,
        ReadOnly readOnly,
        boolean anonymous,
        boolean createSource,
        @Nullable String idMap) {
    public ContainerMount {
        requireNonNull(type, "type");
        requireNonNull(destination, "destination");
        options = List.copyOf(options);
    }

    /** How a mount that is not writable treats the mounts below it. */
    public enum ReadOnly {
        /** They become read-only too where the kernel can do it. */
        RECURSIVE_IF_POSSIBLE,
        /** They stay as they are. */
        THIS_MOUNT,
        /** They become read-only too, or the start fails. */
        RECURSIVE
    }

    static ContainerMount of(String type, String destination) {
        return new ContainerMount(
                type,
                "",
                "",
                destination,
                "",
                "",
                true,
                "",
                List.of(),
                "",
                false,
                false,
                ReadOnly.RECURSIVE_IF_POSSIBLE,
                false,
                false,
                null);
    }

    boolean isVolume() {
        return type.equals("volume");
    }

    boolean isImage() {
        return type.equals("image");
    }

    boolean isBind() {
        return type.equals("bind");
    }

    /** As {@code docker inspect} shows it. */
    MountPoint view(String shownSource) {
        return new MountPoint(
                type,
                name.isEmpty() ? null : name,
                shownSource,
                destination,
                driver.isEmpty() ? null : driver,
                mode,
                writable,
                propagation);
    }
}
