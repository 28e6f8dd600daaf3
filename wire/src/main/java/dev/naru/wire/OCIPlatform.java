package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The OCIPlatform object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record OCIPlatform(
        @Json.Property("architecture") @Nullable String architecture,
        @Json.Property("os") @Nullable String os,
        @Json.Property("os.version") @Nullable String osVersion,
        @Json.Property("os.features") @Nullable List<String> osFeatures,
        @Json.Property("variant") @Nullable String variant) {}
