package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The ProgressDetail object of the Engine API v1.51; an absent field is null. */
@Json
public record ProgressDetail(
        @Json.Property("current") @Nullable Long current,
        @Json.Property("total") @Nullable Long total) {}
