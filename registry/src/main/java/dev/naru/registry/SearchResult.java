package dev.naru.registry;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** An image that a search found. */
@Json
public record SearchResult(
        String name,
        @Nullable String description,
        @Json.Property("star_count") int stars,
        @Json.Property("is_official") boolean official) {}
