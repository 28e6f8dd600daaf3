package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** The MountRequestBindOptions object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record MountRequestBindOptions(
        @Json.Property("Propagation") @Nullable String propagation,
        @Json.Property("NonRecursive") @Nullable Boolean nonRecursive,
        @Json.Property("CreateMountpoint") @Nullable Boolean createMountpoint,
        @Json.Property("ReadOnlyNonRecursive") @Nullable Boolean readOnlyNonRecursive,
        @Json.Property("ReadOnlyForceRecursive") @Nullable Boolean readOnlyForceRecursive) {}
