package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The ContainerBlkioStatEntry object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerBlkioStatEntry(
        @Json.Property("major") @Nullable Long major,
        @Json.Property("minor") @Nullable Long minor,
        @Json.Property("op") @Nullable String op,
        @Json.Property("value") @Nullable Long value) {}
