package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The SystemInfoDefaultAddressPool object of the Engine API v1.51; an absent field is null. */
@Json
public record SystemInfoDefaultAddressPool(
        @Json.Property("Base") @Nullable String base,
        @Json.Property("Size") @Nullable Integer size) {}
