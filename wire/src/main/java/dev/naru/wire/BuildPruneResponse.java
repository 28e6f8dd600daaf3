package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The BuildPruneResponse object of the Engine API v1.51; an absent field is null. */
@Json
public record BuildPruneResponse(
        @Json.Property("CachesDeleted") @Nullable List<String> cachesDeleted,
        @Json.Property("SpaceReclaimed") @Nullable Long spaceReclaimed) {}
