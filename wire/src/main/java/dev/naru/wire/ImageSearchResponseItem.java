package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The item of the answer of ImageSearch of the Engine API v1.51; an absent field is null. */
@Json
public record ImageSearchResponseItem(
        @Json.Property("star_count") @Nullable Integer starCount,
        @Json.Property("is_official") @Nullable Boolean isOfficial,
        @Json.Property("name") @Nullable String name,
        @Json.Property("is_automated") @Nullable Boolean isAutomated,
        @Json.Property("description") @Nullable String description) {}
