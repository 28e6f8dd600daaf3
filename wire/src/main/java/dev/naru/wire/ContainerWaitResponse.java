package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The ContainerWaitResponse object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerWaitResponse(
        @Json.Property("StatusCode") @Nullable Long statusCode,
        @Json.Property("Error") @Nullable ContainerWaitExitError error) {}
