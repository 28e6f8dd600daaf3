package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** The Mount object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record MountRequest(
        @Json.Property("Target") @Nullable String target,
        @Json.Property("Source") @Nullable String source,
        @Json.Property("Type") @Nullable String type,
        @Json.Property("ReadOnly") @Nullable Boolean readOnly,
        @Json.Property("Consistency") @Nullable String consistency,
        @Json.Property("BindOptions") @Nullable MountRequestBindOptions bindOptions,
        @Json.Property("VolumeOptions") @Nullable MountRequestVolumeOptions volumeOptions,
        @Json.Property("ImageOptions") @Nullable MountRequestImageOptions imageOptions,
        @Json.Property("TmpfsOptions") @Nullable MountRequestTmpfsOptions tmpfsOptions) {}
