package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The Ulimit object of the Engine API v1.51; an absent field is null. */
@Json
public record Ulimit(
        @Json.Property("Name") @Nullable String name,
        @Json.Property("Soft") @Nullable Long soft,
        @Json.Property("Hard") @Nullable Long hard) {}
