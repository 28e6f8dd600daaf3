package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The AuthResponse object of the Engine API v1.51; an absent field is null. */
@Json
public record AuthResponse(
        @Json.Property("Status") @Nullable String status,
        @Json.Property("IdentityToken") @Nullable String identityToken) {}
