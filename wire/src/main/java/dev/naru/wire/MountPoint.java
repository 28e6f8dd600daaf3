package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** The MountPoint object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record MountPoint(
        @Json.Property("Type") @Nullable String type,
        @Json.Property("Name") @Nullable String name,
        @Json.Property("Source") @Nullable String source,
        @Json.Property("Destination") @Nullable String destination,
        @Json.Property("Driver") @Nullable String driver,
        @Json.Property("Mode") @Nullable String mode,
        @Json.Property("RW") @Nullable Boolean rw,
        @Json.Property("Propagation") @Nullable String propagation) {}
