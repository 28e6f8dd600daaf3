package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The ContainerPidsStats object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerPidsStats(
        @Json.Property("current") @Nullable Long current,
        @Json.Property("limit") @Nullable Long limit) {}
