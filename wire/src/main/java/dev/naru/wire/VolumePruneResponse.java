package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The VolumePruneResponse object of the Engine API v1.51; an absent field is null. */
@Json
public record VolumePruneResponse(
        @Json.Property("VolumesDeleted") @Nullable List<String> volumesDeleted,
        @Json.Property("SpaceReclaimed") @Nullable Long spaceReclaimed) {}
