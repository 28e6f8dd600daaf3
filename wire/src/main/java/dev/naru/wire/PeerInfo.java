package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The PeerInfo object of the Engine API v1.51; an absent field is null. */
@Json
public record PeerInfo(
        @Json.Property("Name") @Nullable String name,
        @Json.Property("IP") @Nullable String ip) {}
