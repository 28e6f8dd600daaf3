package dev.naru.registry;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** What a token server answers (distribution's token authentication; RFC 6749 section 5.1). */
@Json
record TokenAnswer(
        @Nullable String token,
        @Json.Property("access_token") @Nullable String accessToken,
        @Json.Property("expires_in") @Nullable Integer expiresIn,
        @Json.Property("refresh_token") @Nullable String refreshToken) {}
