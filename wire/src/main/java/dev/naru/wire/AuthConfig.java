package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The AuthConfig object of the Engine API v1.51; an absent field is null. */
@Json
public record AuthConfig(
        @Json.Property("username") @Nullable String username,
        @Json.Property("password") @Nullable String password,
        @Json.Property("email") @Nullable String email,
        @Json.Property("serveraddress") @Nullable String serveraddress) {}
