package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The FilesystemChange object of the Engine API v1.51; an absent field is null. */
@Json
public record FilesystemChange(
        @Json.Property("Path") @Nullable String path,
        @Json.Property("Kind") @Nullable Integer kind) {}
