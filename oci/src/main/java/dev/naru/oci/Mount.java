package dev.naru.oci;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One mount, in order (runtime-spec, config.md, Mounts).
 *
 * @param uidMappings owners that the mount shows: {@code containerID} is the file system's id and {@code hostID} the one
 *     shown in its place; none for the file system's own
 * @param gidMappings likewise groups
 */
@Json
@RecordBuilder
public record Mount(
        String destination,
        @Nullable String type,
        @Nullable String source,
        @Nullable List<String> options,
        @Nullable List<IdMapping> uidMappings,
        @Nullable List<IdMapping> gidMappings) {
    /** A mount that shows owners as they are. */
    public Mount(String destination, @Nullable String type, @Nullable String source, @Nullable List<String> options) {
        this(destination, type, source, options, null, null);
    }

    /** The same, showing other owners. */
    public Mount mapped(List<IdMapping> uids, List<IdMapping> gids) {
        return new Mount(destination, type, source, options, List.copyOf(uids), List.copyOf(gids));
    }
}
