package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The MountRequestVolumeOptions object of the Engine API v1.51; an absent field is null. */
@Json
public record MountRequestVolumeOptions(
        @Json.Property("NoCopy") @Nullable Boolean noCopy,
        @Json.Property("Labels") @Nullable Map<String, String> labels,
        @Json.Property("DriverConfig") @Nullable MountRequestVolumeOptionsDriverConfig driverConfig,
        @Json.Property("Subpath") @Nullable String subpath) {}
