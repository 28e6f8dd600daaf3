package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The ContainerdInfo object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerdInfo(
        @Json.Property("Address") @Nullable String address,
        @Json.Property("Namespaces") @Nullable ContainerdInfoNamespaces namespaces) {}
