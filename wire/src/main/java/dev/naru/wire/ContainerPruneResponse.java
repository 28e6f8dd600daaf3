package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ContainerPruneResponse object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerPruneResponse(
        @Json.Property("ContainersDeleted") @Nullable List<String> containersDeleted,
        @Json.Property("SpaceReclaimed") @Nullable Long spaceReclaimed) {}
