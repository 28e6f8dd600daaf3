package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Network object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record Network(
        @Json.Property("Name") @Nullable String name,
        @Json.Property("Id") @Nullable String id,
        @Json.Property("Created") @Nullable String created,
        @Json.Property("Scope") @Nullable String scope,
        @Json.Property("Driver") @Nullable String driver,
        @Json.Property("EnableIPv4") @Nullable Boolean enableIPv4,
        @Json.Property("EnableIPv6") @Nullable Boolean enableIPv6,
        @Json.Property("IPAM") @Nullable IPAM ipam,
        @Json.Property("Internal") @Nullable Boolean internal,
        @Json.Property("Attachable") @Nullable Boolean attachable,
        @Json.Property("Ingress") @Nullable Boolean ingress,
        @Json.Property("ConfigFrom") @Nullable ConfigReference configFrom,
        @Json.Property("ConfigOnly") @Nullable Boolean configOnly,
        @Json.Property("Containers") @Nullable Map<String, NetworkContainer> containers,
        @Json.Property("Options") @Nullable Map<String, String> options,
        @Json.Property("Labels") @Nullable Map<String, String> labels,
        @Json.Property("Peers") @Nullable List<PeerInfo> peers) {}
