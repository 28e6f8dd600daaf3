package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ContainerCreateResponse object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerCreateResponse(
        @Json.Property("Id") @Nullable String id,
        @Json.Property("Warnings") @Nullable List<String> warnings) {}
