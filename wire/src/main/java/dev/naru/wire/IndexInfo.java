package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The IndexInfo object of the Engine API v1.51; an absent field is null. */
@Json
public record IndexInfo(
        @Json.Property("Name") @Nullable String name,
        @Json.Property("Mirrors") @Nullable List<String> mirrors,
        @Json.Property("Secure") @Nullable Boolean secure,
        @Json.Property("Official") @Nullable Boolean official) {}
