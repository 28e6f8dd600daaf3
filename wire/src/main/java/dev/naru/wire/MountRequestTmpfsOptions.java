package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The MountRequestTmpfsOptions object of the Engine API v1.51; an absent field is null. */
@Json
public record MountRequestTmpfsOptions(
        @Json.Property("SizeBytes") @Nullable Long sizeBytes,
        @Json.Property("Mode") @Nullable Integer mode,
        @Json.Property("Options") @Nullable List<List<String>> options) {}
