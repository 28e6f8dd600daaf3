package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ImagePruneResponse object of the Engine API v1.51; an absent field is null. */
@Json
public record ImagePruneResponse(
        @Json.Property("ImagesDeleted") @Nullable List<ImageDeleteResponseItem> imagesDeleted,
        @Json.Property("SpaceReclaimed") @Nullable Long spaceReclaimed) {}
