package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The EventActor object of the Engine API v1.51; an absent field is null. */
@Json
public record EventActor(
        @Json.Property("ID") @Nullable String id,
        @Json.Property("Attributes") @Nullable Map<String, String> attributes) {}
