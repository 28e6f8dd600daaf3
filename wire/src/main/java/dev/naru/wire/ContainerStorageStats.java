package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The ContainerStorageStats object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerStorageStats(
        @Json.Property("read_count_normalized") @Nullable Long readCountNormalized,
        @Json.Property("read_size_bytes") @Nullable Long readSizeBytes,
        @Json.Property("write_count_normalized") @Nullable Long writeCountNormalized,
        @Json.Property("write_size_bytes") @Nullable Long writeSizeBytes) {}
