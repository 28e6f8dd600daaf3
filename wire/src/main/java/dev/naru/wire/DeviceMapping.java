package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The DeviceMapping object of the Engine API v1.51; an absent field is null. */
@Json
public record DeviceMapping(
        @Json.Property("PathOnHost") @Nullable String pathOnHost,
        @Json.Property("PathInContainer") @Nullable String pathInContainer,
        @Json.Property("CgroupPermissions") @Nullable String cgroupPermissions) {}
