package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Runtime object of the Engine API v1.51; an absent field is null. */
@Json
public record RuntimeInfo(
        @Json.Property("path") @Nullable String path,
        @Json.Property("runtimeArgs") @Nullable List<String> runtimeArgs,
        @Json.Property("status") @Nullable Map<String, String> status) {}
