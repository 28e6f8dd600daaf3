package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The GenericResourcesDiscreteResourceSpec object of the Engine API v1.51; an absent field is null. */
@Json
public record GenericResourcesDiscreteResourceSpec(
        @Json.Property("Kind") @Nullable String kind,
        @Json.Property("Value") @Nullable Long value) {}
