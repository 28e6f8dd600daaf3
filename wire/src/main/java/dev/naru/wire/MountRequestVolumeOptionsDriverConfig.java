package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The MountRequestVolumeOptionsDriverConfig object of the Engine API v1.51; an absent field is null. */
@Json
public record MountRequestVolumeOptionsDriverConfig(
        @Json.Property("Name") @Nullable String name,
        @Json.Property("Options") @Nullable Map<String, String> options) {}
