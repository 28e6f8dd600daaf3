package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ContainerUpdateResponse object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerUpdateResponse(
        @Json.Property("Warnings") @Nullable List<String> warnings) {}
