package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The OCIDescriptor object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record OCIDescriptor(
        @Json.Property("mediaType") @Nullable String mediaType,
        @Json.Property("digest") @Nullable String digest,
        @Json.Property("size") @Nullable Long size,
        @Json.Property("urls") @Nullable List<String> urls,
        @Json.Property("annotations") @Nullable Map<String, String> annotations,
        @Json.Property("data") @Nullable String data,
        @Json.Property("platform") @Nullable OCIPlatform platform,
        @Json.Property("artifactType") @Nullable String artifactType) {}
