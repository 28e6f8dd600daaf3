package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ContainerTopResponse object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerTopResponse(
        @Json.Property("Titles") @Nullable List<String> titles,
        @Json.Property("Processes") @Nullable List<List<String>> processes) {}
