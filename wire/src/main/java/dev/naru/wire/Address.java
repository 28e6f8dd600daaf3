package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The Address object of the Engine API v1.51; an absent field is null. */
@Json
public record Address(
        @Json.Property("Addr") @Nullable String addr,
        @Json.Property("PrefixLen") @Nullable Integer prefixLen) {}
