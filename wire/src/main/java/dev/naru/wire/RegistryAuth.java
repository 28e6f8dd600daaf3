package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The object in the X-Registry-Auth header of the Engine API v1.51; an absent field is null. */
@Json
public record RegistryAuth(
        @Json.Property("username") @Nullable String username,
        @Json.Property("password") @Nullable String password,
        @Json.Property("auth") @Nullable String auth,
        @Json.Property("email") @Nullable String email,
        @Json.Property("serveraddress") @Nullable String serveraddress,
        @Json.Property("identitytoken") @Nullable String identitytoken,
        @Json.Property("registrytoken") @Nullable String registrytoken) {
    /** Without the secrets. */
    @Override
    public String toString() {
        return "RegistryAuth[" + username + ", " + serveraddress + "]";
    }
}
