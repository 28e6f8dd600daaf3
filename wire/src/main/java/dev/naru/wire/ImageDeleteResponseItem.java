package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The ImageDeleteResponseItem object of the Engine API v1.51; an absent field is null. */
@Json
public record ImageDeleteResponseItem(
        @Json.Property("Untagged") @Nullable String untagged,
        @Json.Property("Deleted") @Nullable String deleted) {}
