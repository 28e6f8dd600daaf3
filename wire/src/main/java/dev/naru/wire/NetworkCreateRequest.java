package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The NetworkCreateRequest object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record NetworkCreateRequest(
        @Json.Property("Name") @Nullable String name,
        @Json.Property("Driver") @Nullable String driver,
        @Json.Property("Scope") @Nullable String scope,
        @Json.Property("Internal") @Nullable Boolean internal,
        @Json.Property("Attachable") @Nullable Boolean attachable,
        @Json.Property("Ingress") @Nullable Boolean ingress,
        @Json.Property("ConfigOnly") @Nullable Boolean configOnly,
        @Json.Property("ConfigFrom") @Nullable ConfigReference configFrom,
        @Json.Property("IPAM") @Nullable IPAM ipam,
        @Json.Property("EnableIPv4") @Nullable Boolean enableIPv4,
        @Json.Property("EnableIPv6") @Nullable Boolean enableIPv6,
        @Json.Property("Options") @Nullable Map<String, String> options,
        @Json.Property("Labels") @Nullable Map<String, String> labels) {}
