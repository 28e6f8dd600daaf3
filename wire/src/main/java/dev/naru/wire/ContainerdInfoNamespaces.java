package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The ContainerdInfoNamespaces object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerdInfoNamespaces(
        @Json.Property("Containers") @Nullable String containers,
        @Json.Property("Plugins") @Nullable String plugins) {}
