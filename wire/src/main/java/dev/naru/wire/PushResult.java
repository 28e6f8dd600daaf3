package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** What a push tells at its end, in {@code aux}. */
@Json
public record PushResult(
        @Json.Property("Tag") @Nullable String tag,
        @Json.Property("Digest") @Nullable String digest,
        @Json.Property("Size") @Nullable Long size) {}
